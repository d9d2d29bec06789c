using Hctef.Caching;

namespace Hctef.Fetching;

/// <summary>
/// One open file's part in a file that is downloaded whole: it keeps the blocks, which cannot be asked for one by one, from being
/// evicted, and wants what brings them until the file closes.
/// </summary>
/// <remarks><see cref="_fetch"/> is under the cache's lock, inside which no fetch's lock is taken but that of one nobody else knows.</remarks>
internal sealed class Download(BlockCache cache, BlockHold kept) : IDisposable
{
    private BlockFetch? _fetch;

    /// <summary>
    /// Claims all blocks of the file that are absent, for one fetch, if one of those wanted is: a whole reply brings all of them alike.
    /// </summary>
    /// <returns>False when there is no memory for them.</returns>
    public bool Claim_NeedsLock(RangeSource source, IEnumerable<BlockRun> wanted, List<BlockFetch> fetches)
    {
        if (!wanted.Any(run => HasAbsent(source, run)))
        {
            return true;
        }

        BlockRun run = AbsentRuns.Trim_NeedsLock(source, new BlockRun(0, source.Blocks));
        if (TryReserve(source, run) is not { } slots)
        {
            return false;
        }

        // A fetch that failed is forgotten: none of its blocks would be absent otherwise.
        _fetch = BlockFetch.Create_NeedsLock(
            source, cache.OffsetOf(run.First), slots, knownFrom: long.MaxValue, FetchPriority.Demand, kept);
        _ = _fetch.TryGainInterest();
        fetches.Add(_fetch);
        return true;
    }

    /// <summary>Wants what another opening of the same version is downloading.</summary>
    public void Join(RangeSource source)
    {
        BlockFetch? fetch = null;
        lock (cache.Gate)
        {
            for (long block = source.Blocks - 1; block >= 0 && fetch is null; block--)
            {
                cache.StateOf_NeedsLock(source.Map, block, out IBlockLoad? load);
                fetch = load as BlockFetch;
            }
        }

        if (fetch?.TryGainInterest() == true)
        {
            lock (cache.Gate)
            {
                _fetch = fetch;
            }
        }
    }

    public void Dispose()
    {
        BlockFetch? fetch;
        lock (cache.Gate)
        {
            (fetch, _fetch) = (_fetch, null);
        }

        fetch?.LoseInterest(satisfied: false);
    }

    private static bool HasAbsent(RangeSource source, BlockRun run)
    {
        for (long block = run.First; block < run.End; block++)
        {
            if (AbsentRuns.IsAbsent_NeedsLock(source, block))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A slot for each absent block of a run, -1 for the others; null when there are too few.</summary>
    private int[]? TryReserve(RangeSource source, BlockRun run)
    {
        int[] slots = new int[run.Count];
        slots.AsSpan().Fill(-1);
        int[] absent = [.. Enumerable.Range(0, slots.Length).Where(i => AbsentRuns.IsAbsent_NeedsLock(source, run.First + i))];
        if (!cache.TryKeep_NeedsLock(absent.Length))
        {
            return null;
        }

        foreach (int i in absent)
        {
            // The end of a partial block, of an opening by ranges, is brought again.
            if (cache.StateOf_NeedsLock(source.Map, run.First + i, out _) == BlockState.Partial)
            {
                slots[i] = cache.TakePartial_NeedsLock(source.Map, run.First + i, out _);
            }
            else if (cache.Reserve_NeedsLock(slots.AsSpan(i, 1)) == 0)
            {
                slots[i] = -1;
                cache.Release(slots);
                return null;
            }
        }

        return slots;
    }
}
