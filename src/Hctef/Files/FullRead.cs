using System.Buffers;

namespace Hctef.Files;

/// <summary>
/// Reads that fill their buffer unless the file ends, from any file: one call on Hctef's own, which promise it, and a loop on
/// others (mocks, decorators), which may return less.
/// </summary>
internal static class FullRead
{
    private const int ForeignPieceBytes = 256 * 1024;

    public static int Read(IRemoteFile file, Span<byte> buffer, long fileOffset) =>
        file is IHctefFile own ? own.Read(buffer, fileOffset) : ReadForeign(file, buffer, fileOffset);

    public static ValueTask<int> ReadAsync(IRemoteFile file, Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken) =>
        file is IHctefFile ? file.ReadAsync(buffer, fileOffset, cancellationToken) : ReadForeignAsync(file, buffer, fileOffset, cancellationToken);

    private static int ReadForeign(IRemoteFile file, Span<byte> buffer, long fileOffset)
    {
        if (buffer.IsEmpty)
            return 0;
        byte[] piece = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length, ForeignPieceBytes));
        int filled = 0;
        while (filled < buffer.Length)
        {
            Memory<byte> target = piece.AsMemory(0, Math.Min(piece.Length, buffer.Length - filled));
            long offset = fileOffset + filled;
            int count = BlockingWait.Run(() => file.ReadAsync(target, offset).AsTask());
            Check(count, target.Length);
            if (count == 0)
                break;
            target.Span[..count].CopyTo(buffer[filled..]);
            filled += count;
        }

        // Not in a finally: a foreign read that failed may still write into the array, which must not reach another renter then.
        ArrayPool<byte>.Shared.Return(piece);
        return filled;
    }

    private static async ValueTask<int> ReadForeignAsync(
        IRemoteFile file, Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken)
    {
        int filled = 0;
        while (filled < buffer.Length)
        {
            Memory<byte> target = buffer[filled..];
            int count = await file.ReadAsync(target, fileOffset + filled, cancellationToken).ConfigureAwait(false);
            Check(count, target.Length);
            if (count == 0)
                break;
            filled += count;
        }

        return filled;
    }

    private static void Check(int count, int asked)
    {
        if ((uint)count > (uint)asked)
            throw new HctefException($"The file says that it read {count} bytes into a buffer of {asked}.");
    }
}
