using Hctef.Diagnostics;

namespace Hctef.Files;

/// <summary>
/// What Hctef's own files add to <see cref="IRemoteFile"/>: members that are synchronous for real, and cursors. The public
/// extensions use it where a file has it, and fall back to <see cref="IRemoteFile.ReadAsync"/> where it has not.
/// </summary>
internal interface IHctefFile : IRemoteFile
{
    /// <summary>What has failed last of what the file asked of the network; null if nothing has.</summary>
    LastFailure? LastFailure { get; }

    /// <summary>Gets what is known of the open version; a registered file opens, blocking this thread until it has.</summary>
    RemoteFileInfo GetInfo();

    /// <summary>Fills a buffer from an offset; a hit never blocks, a miss blocks this thread on the shared fetch.</summary>
    int Read(Span<byte> buffer, long fileOffset);

    /// <summary>Fetches ranges into the cache and blocks this thread until they are there or have failed.</summary>
    long Prefetch(IReadOnlyList<ByteRange> ranges);

    /// <summary>Fills several buffers; the planner sees the whole list.</summary>
    ValueTask ReadRangesAsync(IReadOnlyList<RangeRead> reads, CancellationToken cancellationToken);

    /// <summary>Starts a cursor; a registered file opens first, blocking this thread until it has.</summary>
    FileCursor OpenCursor(CursorCaching caching);

    /// <summary>Starts a cursor; a registered file opens first.</summary>
    ValueTask<FileCursor> OpenCursorAsync(CursorCaching caching, CancellationToken cancellationToken);
}
