using Hctef.Caching;

namespace Hctef.Fetching;

/// <summary>
/// Decides which ranges to ask. Whole blocks, clipped to the file; never a block that is cached or in flight; at least
/// <see cref="RangeSource.MinimumRequestBytes"/> where there is room, grown to the right first, then to the left; no more than
/// there is memory for.
/// </summary>
internal static class FetchPlanner
{
    /// <summary>Claims the absent blocks of a range for new fetches, which the caller starts outside the cache's lock.</summary>
    /// <returns>False when memory ran out before the end.</returns>
    public static bool Claim_NeedsLock(
        RangeSource source,
        long start,
        long end,
        int mostBlocks,
        FetchPriority priority,
        List<BlockFetch> fetches,
        BlockHold? hold = null)
    {
        long endBlock = source.Cache.BlocksFor(end);
        for (long block = source.Cache.BlockOf(start); block < endBlock; block++)
        {
            if (!IsAbsent(source, block))
            {
                continue;
            }

            long runEnd = block + 1;
            while (runEnd < endBlock && IsAbsent(source, runEnd))
            {
                runEnd++;
            }

            int wanted = (int)Math.Min(runEnd - block, mostBlocks);
            (BlockFetch? fetch, int claimed) = TryCreate(source, block, wanted, priority, hold);
            if (fetch is not null)
            {
                fetches.Add(fetch);
            }

            mostBlocks -= claimed;
            if (claimed < runEnd - block)
            {
                return false;
            }

            block = runEnd - 1;
        }

        return true;
    }

    /// <summary>The offset behind the absent blocks that start with that of an offset, at most <paramref name="end"/>.</summary>
    public static long EndOfAbsent_NeedsLock(RangeSource source, long offset, long end)
    {
        long block = source.Cache.BlockOf(offset) + 1;
        long endBlock = source.Cache.BlocksFor(end);
        while (block < endBlock && IsAbsent(source, block))
        {
            block++;
        }

        return Math.Min(end, source.Cache.OffsetOf(block));
    }

    /// <summary>A partial block counts as absent: its missing head has to be asked.</summary>
    private static bool IsAbsent(RangeSource source, long block) =>
        source.Cache.StateOf_NeedsLock(source.Map, block, out _) is BlockState.Absent or BlockState.Partial;

    private static (BlockFetch? Fetch, int Claimed) TryCreate(
        RangeSource source, long first, int wanted, FetchPriority priority, BlockHold? hold)
    {
        int[] slots = new int[wanted];
        int got = Reserve(source, first, slots, hold, out long knownFrom);
        if (got == 0)
        {
            return (null, 0);
        }

        long start = first;
        if (got < wanted)
        {
            Array.Resize(ref slots, got);
        }
        else
        {
            Grow(source, hold, ref start, ref slots, ref knownFrom);
        }

        return (BlockFetch.Create_NeedsLock(source, source.Cache.OffsetOf(start), slots, knownFrom, priority, hold), got);
    }

    private static void Grow(RangeSource source, BlockHold? hold, ref long start, ref int[] slots, ref long knownFrom)
    {
        BlockCache cache = source.Cache;
        long blocks = (source.MinimumRequestBytes + cache.BlockBytes - 1L) / cache.BlockBytes;
        long end = start + slots.Length;
        long grownEnd = end;
        while (grownEnd - start < blocks && grownEnd < source.Blocks && IsAbsent(source, grownEnd))
        {
            grownEnd++;
        }

        long grownStart = start;
        while (grownEnd - grownStart < blocks && grownStart > 0 && IsAbsent(source, grownStart - 1))
        {
            grownStart--;
        }

        int[] right = new int[grownEnd - end];
        int gotRight = Reserve(source, end, right, hold, out long knownFromRight);
        if (gotRight > 0)
        {
            knownFrom = knownFromRight;
            slots = [.. slots, .. right.AsSpan(0, gotRight)];
        }

        int[] left = new int[gotRight == right.Length ? start - grownStart : 0];
        if (left.Length > 0 && Reserve(source, grownStart, left, hold, out _) is int gotLeft)
        {
            if (gotLeft == left.Length)
            {
                slots = [.. left, .. slots];
                start = grownStart;
            }
            else
            {
                cache.Release(left.AsSpan(0, gotLeft));
            }
        }
    }

    /// <summary>Takes a slot for each block, as far as memory goes; a partial block brings its own.</summary>
    private static int Reserve(RangeSource source, long first, Span<int> slots, BlockHold? hold, out long knownFrom)
    {
        BlockCache cache = source.Cache;
        int got = 0;
        knownFrom = cache.OffsetOf(first);
        while (got < slots.Length)
        {
            long block = first + got;
            knownFrom = cache.OffsetOf(block + 1);
            if (cache.StateOf_NeedsLock(source.Map, block, out _) == BlockState.Partial)
            {
                slots[got] = cache.TakePartial_NeedsLock(source.Map, block, out int filledFrom);
                knownFrom = cache.OffsetOf(block) + filledFrom;
            }
            else if (cache.Reserve_NeedsLock(slots.Slice(got, 1), forGuess: hold is not null) == 0)
            {
                knownFrom = cache.OffsetOf(block);
                break;
            }

            got++;
        }

        return got;
    }
}
