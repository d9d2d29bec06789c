using Hctef.Caching;

namespace Hctef.Fetching;

/// <summary>Brings ranges into the cache that nobody reads yet, and holds an interest in what brings them until it is given up.</summary>
internal sealed class PrefetchOperation(RangeSource source) : IDisposable
{
    private readonly List<BlockFetch> _fetches = [];
    private readonly List<(long Start, long End)> _planned = [];
    private bool _satisfied;

    /// <summary>The bytes that were newly asked for.</summary>
    public long AskedBytes { get; private set; }

    /// <summary>Starts to fetch what is absent of the ranges, those of the first range first, with at most half of the cache.</summary>
    public void Start(IEnumerable<(long Start, long End)> ranges, FetchPriority priority)
    {
        BlockCache cache = source.Cache;
        int most = cache.Capacity / 2;
        foreach (List<(long Start, long End)> batch in RangeBatches.Of(cache, ranges))
        {
            List<BlockFetch> fetches = [];
            IEnumerable<BlockRun> wanted = RangeBatches.BlocksOf(cache, batch);
            bool hasMemory;
            lock (cache.Gate)
            {
                hasMemory = FetchPlanner.Claim_NeedsLock(source, wanted, most, priority, fetches);
            }

            _planned.AddRange(batch);

            _fetches.AddRange(fetches);
            foreach (BlockFetch fetch in RangeBatches.InOrderOf(batch, fetches))
            {
                AskedBytes += fetch.BytesToAsk;
                most -= (int)cache.BlocksFor(fetch.End - fetch.Start);
                fetch.StartTransfer();
            }

            if (most <= 0 || !hasMemory)
            {
                break;
            }
        }
    }

    /// <summary>Waits until what there is memory for is cached or has failed, also where others fetch it.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        foreach ((long start, long end) in _planned)
        {
            long position = start;
            while (position < end)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (FindLoad(ref position, end) is { } fetch && fetch.TryJoin(position, end, pin: false, out BlockWaiter waiter))
                {
                    try
                    {
                        await waiter.Woken.WaitAsync(cancellationToken).ConfigureAwait(false);
                    }
                    finally
                    {
                        fetch.Leave(waiter, satisfied: waiter.Woken.IsCompleted);
                    }

                    position = Math.Max(position, waiter.Needed);
                }
            }
        }

        Satisfy();
    }

    /// <summary>All that was wanted has come: fetches that bring more than that may go on.</summary>
    public void Satisfy() => _satisfied = true;

    public void Dispose()
    {
        foreach (BlockFetch fetch in _fetches)
        {
            fetch.LoseInterest(satisfied: _satisfied);
        }

        _fetches.Clear();
    }

    /// <summary>Steps over blocks that nobody is loading, to the next that somebody is. What is planned at a time is looked through at a time.</summary>
    private BlockFetch? FindLoad(ref long position, long end)
    {
        lock (source.Cache.Gate)
        {
            while (position < end)
            {
                source.Cache.StateOf_NeedsLock(source.Map, source.Cache.BlockOf(position), out IBlockLoad? load);
                if (load is BlockFetch fetch)
                {
                    return fetch;
                }

                position = source.Cache.OffsetOf(source.Cache.BlockOf(position) + 1);
            }
        }

        return null;
    }
}
