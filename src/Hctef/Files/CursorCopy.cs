using System.Buffers;

namespace Hctef.Files;

/// <summary>Copies what a cursor has before it, piece by piece.</summary>
internal static class CursorCopy
{
    private const int PieceBytes = 256 * 1024;

    public static async Task CopyToEndAsync(FileCursor cursor, Stream destination, long fileOffset, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (fileOffset < cursor.Length)
            {
                int count = await cursor.ReadAsync(buffer, fileOffset, cancellationToken).ConfigureAwait(false);
                await destination.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                fileOffset += count;
            }
        }
        finally
        {
            // Hctef never writes into a caller's buffer after a read has ended, so that it may go back in any case.
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
