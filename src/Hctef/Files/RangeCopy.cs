using System.Buffers;

namespace Hctef.Files;

/// <summary>
/// Copies a run of bytes of any file to a stream: of Hctef's own by a cursor of its own, of others piece by piece.
/// </summary>
internal static class RangeCopy
{
    private const int PieceBytes = 512 * 1024;

    /// <summary>Copies at most <paramref name="length"/> bytes, fewer where the file ends, and returns how many.</summary>
    public static async Task<long> CopyAsync(
        IRemoteFile file, Stream destination, long fileOffset, long length, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (length == 0)
            return 0;
        if (file is IHctefFile own)
        {
            using FileCursor cursor = await own.OpenCursorAsync(CursorCaching.Shared, cancellationToken).ConfigureAwait(false);
            return await CursorCopy.CopyAsync(cursor, destination, fileOffset, length, cancellationToken).ConfigureAwait(false);
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(length, PieceBytes));
        long copied = 0;
        while (copied < length)
        {
            Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(PieceBytes, length - copied));
            int count = await FullRead.ReadAsync(file, piece, fileOffset + copied, cancellationToken).ConfigureAwait(false);
            if (count == 0)
                break;
            await destination.WriteAsync(piece[..count], cancellationToken).ConfigureAwait(false);
            copied += count;
        }

        // Not in a finally: a foreign read or write that failed may still use the buffer, which must not reach another renter then.
        ArrayPool<byte>.Shared.Return(buffer);
        return copied;
    }
}
