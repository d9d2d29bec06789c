using Hctef.Caching;
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
        var wanted = new RangeSet();
        foreach (ByteRange range in ranges)
        {
            Want(wanted, range.Offset, range.Length);
        }

        return wanted.Count == 0 ? new ValueTask<long>(0) : PrefetchAsync(wanted, cancellationToken);
    }

    long IHctefFile.Prefetch(IReadOnlyList<ByteRange> ranges) => BlockingWait.Run(() => PrefetchAsync(ranges).AsTask());

    public async ValueTask ReadRangesAsync(IReadOnlyList<RangeRead> reads, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        var wanted = new RangeSet();
        foreach (RangeRead read in reads)
        {
            if (read.FileOffset > _source.Length - read.Buffer.Length)
            {
                throw new EndOfStreamException($"The file ends at {_source.Length}, before the end of what was to be read.");
            }

            Want(wanted, read.FileOffset, read.Buffer.Length);
        }

        // All that is absent is asked at once; then each read finds its bytes cached or on their way.
        using var ahead = new PrefetchOperation(_source);
        ahead.Start(wanted, FetchPriority.Demand);
        foreach (RangeRead read in reads)
        {
            await ReadAsync(read.Buffer, read.FileOffset, ahead: null, cancellationToken).ConfigureAwait(false);
        }

        ahead.Satisfy();
    }

    public FileCursor OpenCursor(CursorCaching caching)
    {
        ThrowIfClosed();
        return caching switch
        {
            CursorCaching.Uncached => new UncachedCursor(this),
            CursorCaching.Private => new PrivateCursor(this),
            _ => new CachedCursor(this, _source),
        };
    }

    public ValueTask<FileCursor> OpenCursorAsync(CursorCaching caching, CancellationToken cancellationToken) => new(OpenCursor(caching));

    /// <summary>Adds the blocks of a range, so that ranges in neighbouring blocks become one request.</summary>
    private void Want(RangeSet wanted, long offset, long length)
    {
        if (offset < _source.Length && length > 0)
        {
            BlockCache cache = _source.Cache;
            long end = length > _source.Length - offset ? _source.Length : offset + length;
            wanted.Add(cache.OffsetOf(cache.BlockOf(offset)), Math.Min(cache.OffsetOf(cache.BlocksFor(end)), _source.Length));
        }
    }

    private async ValueTask<long> PrefetchAsync(RangeSet wanted, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        using var operation = new PrefetchOperation(_source);
        operation.Start(wanted, FetchPriority.Background);
        try
        {
            await operation.WaitAsync(wanted, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw CancellationOf(cancellationToken);
        }

        return operation.AskedBytes;
    }
}
