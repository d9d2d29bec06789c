using Hctef.Caching;

namespace Hctef.Fetching;

/// <summary>
/// One open file's part in a file that is downloaded whole: it keeps the blocks, which cannot be asked for one by one, from being
/// evicted, and wants what brings them until the file closes.
/// </summary>
/// <remarks>Its fields are under the cache's lock, inside which no fetch's lock is taken but that of one nobody else knows.</remarks>
internal sealed class Download(BlockCache cache, BlockHold kept) : IDisposable
{
    private BlockFetch? _fetch;
    private bool _disposed;

    /// <summary>
    /// Takes memory for all blocks that are absent, some at a time, so that other readers get the cache's lock in between. For
    /// <see cref="Claim_NeedsLock"/>; what it leaves is given back by <see cref="BlockCache.Release"/>.
    /// </summary>
    /// <returns>A slot for each such block, as far as there is memory; -1 where there is none.</returns>
    public int[] Reserve(RangeSource source)
    {
        int[] slots;
        lock (cache.Gate)
        {
            int absent = CountAbsent(source);
            slots = new int[cache.TryKeep_NeedsLock(absent) ? absent : 0];
        }

        slots.AsSpan().Fill(-1);
        for (int first = 0; first < slots.Length; first += FetchPlanner.MostBlocksAtOnce)
        {
            Span<int> batch = slots.AsSpan(first, Math.Min(FetchPlanner.MostBlocksAtOnce, slots.Length - first));
            lock (cache.Gate)
            {
                int got = cache.Reserve_NeedsLock(batch);
                batch[got..].Fill(-1);
            }
        }

        return slots;
    }

    /// <summary>
    /// Claims all blocks of the file that are absent, for one fetch, if one of those wanted is: a whole reply brings all of them alike.
    /// </summary>
    /// <param name="source">The version.</param>
    /// <param name="wanted">The blocks that are wanted.</param>
    /// <param name="fetches">Where the new fetch goes, for the caller to start.</param>
    /// <param name="reserved">Slots of <see cref="Reserve"/>; those that are used are replaced by -1.</param>
    /// <returns>False when there is no memory for them.</returns>
    public bool Claim_NeedsLock(
        RangeSource source, IEnumerable<BlockRun> wanted, List<BlockFetch> fetches, Span<int> reserved = default)
    {
        if (!wanted.Any(run => HasAbsent(source, run)))
        {
            return true;
        }

        BlockRun run = AbsentRuns.Trim_NeedsLock(source, new BlockRun(0, source.Blocks));
        if (TryReserve(source, run, reserved) is not { } slots)
        {
            return false;
        }

        BlockFetch fetch = BlockFetch.Create_NeedsLock(
            source, cache.OffsetOf(run.First), slots, knownFrom: long.MaxValue, FetchPriority.Demand, kept);
        fetches.Add(fetch);
        if (!_disposed)
        {
            // A fetch that failed is forgotten: none of its blocks would be absent otherwise.
            _ = fetch.TryGainInterest();
            _fetch = fetch;
        }

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
            // A read may still be on its way to its claim.
            _disposed = true;
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

    private static int CountAbsent(RangeSource source)
    {
        int absent = 0;
        for (long block = 0; block < source.Blocks; block++)
        {
            absent += AbsentRuns.IsAbsent_NeedsLock(source, block) ? 1 : 0;
        }

        return absent;
    }

    /// <summary>A slot for each absent block of a run, -1 for the others; null when there are too few.</summary>
    private int[]? TryReserve(RangeSource source, BlockRun run, Span<int> reserved)
    {
        int next = 0;
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
            else if (next < reserved.Length && reserved[next] >= 0)
            {
                (slots[i], reserved[next]) = (reserved[next], -1);
                next++;
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
