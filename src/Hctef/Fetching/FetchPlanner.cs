using Hctef.Caching;

namespace Hctef.Fetching;

/// <summary>
/// Decides which ranges to ask. Whole blocks, clipped to the file; never a block that is cached or in flight but for a hole that costs
/// less than another request (<see cref="GapJoining"/>); long runs in pieces (<see cref="PlanLimits"/>); at least
/// <see cref="RangeSource.MinimumRequestBytes"/> where there is room; no more than there is memory for.
/// </summary>
internal static class FetchPlanner
{
    /// <summary>The cache's lock is held for no more blocks than this at a time: hits need no lock, but every other miss does.</summary>
    public const int MostBlocksAtOnce = 1024;

    /// <summary>Claims the absent blocks of a range for new fetches, which the caller starts outside the cache's lock.</summary>
    /// <returns>False when memory ran out before the end.</returns>
    public static bool Claim_NeedsLock(
        RangeSource source,
        long start,
        long end,
        int mostBlocks,
        FetchPriority priority,
        List<BlockFetch> fetches,
        BlockHold? hold = null) =>
        Claim_NeedsLock(
            source, [new BlockRun(source.Cache.BlockOf(start), source.Cache.BlocksFor(end))], mostBlocks, priority, fetches, hold);

    /// <summary>Claims the absent ones of sorted and disjoint runs of blocks, and what joins them, for new fetches.</summary>
    /// <returns>False when memory ran out before the end, or nothing may be kept.</returns>
    public static bool Claim_NeedsLock(
        RangeSource source,
        IEnumerable<BlockRun> wanted,
        int mostBlocks,
        FetchPriority priority,
        List<BlockFetch> fetches,
        BlockHold? hold = null)
    {
        if (source.Admission is { IsRefused: true })
        {
            return false;
        }

        if (source.Download is { } download)
        {
            return download.Claim_NeedsLock(source, wanted, fetches);
        }

        int blockBytes = source.Cache.BlockBytes;
        PlanLimits limits = PlanLimits.Of(source, priority);
        List<AbsentRun> absent = AbsentRuns.Find_NeedsLock(source, wanted, limits.GapBytes / blockBytes);

        // What is fetched ahead is one range: its holes are cached or on their way, and a guess is not worth fetching those again.
        List<BlockRun> runs = hold is null
            ? GapJoining.Join(absent, blockBytes, limits)
            : [.. absent.Select(static run => new BlockRun(run.First, run.End))];

        // Who reads ahead has sized its requests already.
        long pieceBytes = hold is not null ? long.MaxValue : limits.PieceBytesFor(absent.Sum(static run => run.Count) * blockBytes, runs.Count);
        foreach (BlockRun joined in runs)
        {
            BlockRun run = AbsentRuns.Trim_NeedsLock(source, joined);
            int most = (int)Math.Min(run.Count, mostBlocks);
            int got = most > 0 ? Claim(source, run, most, pieceBytes, priority, fetches, hold) : 0;
            mostBlocks -= got;
            if (got < run.Count)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The offset behind the absent blocks that start with that of an offset, at most <paramref name="end"/>. Not under the cache's lock
    /// for long: what changes meanwhile is asked twice at worst, by a read that keeps nothing.
    /// </summary>
    public static long EndOfAbsent(RangeSource source, long offset, long end)
    {
        long block = source.Cache.BlockOf(offset) + 1;
        long endBlock = source.Cache.BlocksFor(end);
        while (block < endBlock)
        {
            long stop = Math.Min(endBlock, block + MostBlocksAtOnce);
            lock (source.Cache.Gate)
            {
                while (block < stop && AbsentRuns.IsAbsent_NeedsLock(source, block))
                {
                    block++;
                }
            }

            if (block < stop)
            {
                break;
            }
        }

        return Math.Min(end, source.Cache.OffsetOf(block));
    }

    private static int Claim(
        RangeSource source, BlockRun run, int most, long pieceBytes, FetchPriority priority, List<BlockFetch> fetches, BlockHold? hold)
    {
        var reservation = BlockReservation.Take_NeedsLock(source, run.First, most, hold);
        if (reservation.Claimed == run.Count && hold is null)
        {
            reservation.Grow_NeedsLock();
        }

        reservation.Claim_NeedsLock(pieceBytes, priority, fetches);
        return reservation.Claimed;
    }
}
