using Hctef.Fetching;

namespace Hctef.Files;

/// <content>Several ranges at once: prefetching, vectored reads, cursors.</content>
internal sealed partial class RemoteFile
{
    public ValueTask<long> PrefetchAsync(IReadOnlyList<ByteRange> ranges, CancellationToken cancellationToken = default)
    {
        ReadArguments.CheckRanges(ranges);
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        List<(long Start, long End)> wanted =
            [.. ranges.Select(range => Clip(range.Offset, range.Length)).Where(static range => range.Start < range.End)];
        return wanted.Count == 0 ? new ValueTask<long>(0) : PrefetchAsync(wanted, cancellationToken);
    }

    long IHctefFile.Prefetch(IReadOnlyList<ByteRange> ranges) => BlockingWait.Run(() => PrefetchAsync(ranges).AsTask());

    public async ValueTask ReadRangesAsync(IReadOnlyList<RangeRead> reads, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        if (reads.Any(read => read.FileOffset > _source.Length - read.Buffer.Length))
        {
            throw new EndOfStreamException($"The file ends at {_source.Length}, before the end of what was to be read.");
        }

        // All that is absent is asked at once, the first read's bytes first; then each read finds its bytes cached or on their way.
        using var ahead = new PrefetchOperation(_source);
        ahead.Start(reads.Select(static read => (read.FileOffset, read.FileOffset + read.Buffer.Length)), FetchPriority.Demand);
        foreach (RangeRead read in reads)
        {
            await ReadAsync(read.Buffer, read.FileOffset, ahead: null, cancellationToken).ConfigureAwait(false);
        }

        ahead.Satisfy();
    }

    public FileCursor OpenCursor(CursorCaching caching)
    {
        ThrowIfClosed();
        return StartCursor(caching);
    }

    /// <summary>A cursor, also of a file that is closed: its reads tell so. What was downloaded is in the cache for all.</summary>
    internal FileCursor StartCursor(CursorCaching caching) => caching switch
    {
        _ when _source.IsDownloaded => new CachedCursor(this, _source),
        CursorCaching.Uncached => new UncachedCursor(this),
        CursorCaching.Private => new PrivateCursor(this),
        _ => new CachedCursor(this, _source),
    };

    public ValueTask<FileCursor> OpenCursorAsync(CursorCaching caching, CancellationToken cancellationToken) => new(OpenCursor(caching));

    /// <summary>The part of a range that lies in the file.</summary>
    private (long Start, long End) Clip(long offset, long length) =>
        (offset, length > _source.Length - offset ? _source.Length : offset + length);

    private async ValueTask<long> PrefetchAsync(List<(long Start, long End)> wanted, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        using var operation = new PrefetchOperation(_source);
        operation.Start(wanted, FetchPriority.Background);
        try
        {
            await operation.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw CancellationOf(cancellationToken);
        }

        return operation.AskedBytes;
    }
}
