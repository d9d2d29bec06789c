using Hctef.Files;

namespace Hctef;

public static partial class RemoteFileExtensions
{
    private const int ForeignReadsAtOnce = 8;

    /// <summary>Fills a whole buffer from an offset.</summary>
    /// <param name="file">The file.</param>
    /// <param name="buffer">The memory to fill.</param>
    /// <param name="fileOffset">Offset of the first byte in bytes from the start of the file; at least 0.</param>
    /// <param name="cancellationToken">Cancels this read alone; others that wait for the same bytes go on.</param>
    /// <returns>A task that ends when the buffer is full.</returns>
    /// <exception cref="EndOfStreamException">The file ends before the buffer is full, which then holds unspecified bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fileOffset"/> is negative.</exception>
    /// <exception cref="RemoteFileChangedException">The file changed at the origin.</exception>
    /// <exception cref="HctefException">The bytes could not be fetched.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static ValueTask ReadExactlyAsync(
        this IRemoteFile file, Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfNegative(fileOffset);
        return FillAsync(file, buffer, fileOffset, cancellationToken);
    }

    /// <summary>Fills several buffers, whose ranges are planned together: near ones share a request, far ones are fetched in parallel.</summary>
    /// <param name="file">The file.</param>
    /// <param name="reads">The reads, in any order; their buffers must not overlap.</param>
    /// <param name="cancellationToken">Cancels these reads alone; others that wait for the same bytes go on.</param>
    /// <returns>A task that ends when every buffer is full, or when no read is under way any more after one has failed.</returns>
    /// <exception cref="EndOfStreamException">The file ends before a buffer is full.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An offset is negative.</exception>
    /// <exception cref="RemoteFileChangedException">The file changed at the origin.</exception>
    /// <exception cref="HctefException">The bytes could not be fetched.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static ValueTask ReadRangesAsync(
        this IRemoteFile file, IReadOnlyList<RangeRead> reads, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ReadArguments.CheckReads(reads);
        if (file is IHctefFile own)
            return own.ReadRangesAsync(reads, cancellationToken);

        var limits = new ParallelOptions { MaxDegreeOfParallelism = ForeignReadsAtOnce, CancellationToken = cancellationToken };
        return new ValueTask(Parallel.ForEachAsync(reads, limits, (read, token) => FillAsync(file, read.Buffer, read.FileOffset, token)));
    }

    /// <summary>Copies a range of the file to a stream.</summary>
    /// <param name="file">The file.</param>
    /// <param name="destination">Where the bytes are written, from its position on.</param>
    /// <param name="range">What to copy; a part behind the end of the file is left out.</param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    /// <returns>A task that ends when all bytes are written.</returns>
    /// <remarks>When the copy fails some bytes may have been written, all of them right and in order.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="range"/> has a negative offset or length.</exception>
    /// <exception cref="NotSupportedException"><paramref name="destination"/> cannot be written to.</exception>
    /// <exception cref="RemoteFileChangedException">The file changed at the origin.</exception>
    /// <exception cref="HctefException">The bytes could not be fetched.</exception>
    /// <exception cref="ObjectDisposedException">The file or the destination is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static Task CopyToAsync(
        this IRemoteFile file, Stream destination, ByteRange range, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ReadArguments.CheckDestination(destination);
        ReadArguments.CheckRange(range, nameof(range));
        return RangeCopy.CopyAsync(file, destination, range.Offset, range.Length, cancellationToken);
    }

    private static async ValueTask FillAsync(IRemoteFile file, Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken)
    {
        int count = await FullRead.ReadAsync(file, buffer, fileOffset, cancellationToken).ConfigureAwait(false);
        if (count < buffer.Length)
            throw new EndOfStreamException($"The file ends {buffer.Length - count} bytes before the end of what was to be read.");
    }
}
