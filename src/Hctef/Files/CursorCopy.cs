using System.Buffers;

namespace Hctef.Files;

/// <summary>Copies what a cursor has before it, piece by piece through one rented buffer; what follows is on its way meanwhile.</summary>
internal static class CursorCopy
{
    private const int PieceBytes = 256 * 1024;

    /// <summary>Copies at most <paramref name="length"/> bytes, fewer where the file ends, and returns how many.</summary>
    public static async Task<long> CopyAsync(
        FileCursor cursor, Stream destination, long fileOffset, long length, CancellationToken cancellationToken)
    {
        long end = fileOffset + Math.Min(length, Math.Max(0, cursor.Length - fileOffset));
        if (end == fileOffset)
            return 0;
        cursor.Expect(fileOffset, end);
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(end - fileOffset, PieceBytes));
        long position = fileOffset;
        while (position < end)
        {
            Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(PieceBytes, end - position));
            int count = await cursor.ReadAsync(piece, position, cancellationToken).ConfigureAwait(false);
            await destination.WriteAsync(piece[..count], cancellationToken).ConfigureAwait(false);
            position += count;
        }

        // Not in a finally: a write that failed may still use the buffer, which must not reach another renter then.
        ArrayPool<byte>.Shared.Return(buffer);
        return position - fileOffset;
    }
}
