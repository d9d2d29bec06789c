using System.Buffers;

namespace Hctef.Files;

/// <summary>Copies what a cursor has before it, piece by piece.</summary>
internal static class CursorCopy
{
    private const int PieceBytes = 256 * 1024;

    public static async Task CopyToEndAsync(FileCursor cursor, Stream destination, long fileOffset, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        while (fileOffset < cursor.Length)
        {
            int count = await cursor.ReadAsync(buffer, fileOffset, cancellationToken).ConfigureAwait(false);
            await destination.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            fileOffset += count;
        }

        // Not in a finally: a write that failed may still use the buffer, which must not reach another renter then.
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
