using Hctef.Caching;

namespace Hctef.Fetching;

/// <summary>Subtracts what is cached and in flight from what is wanted.</summary>
internal static class AbsentRuns
{
    /// <summary>The runs of absent blocks among those wanted, in order.</summary>
    /// <param name="source">The version.</param>
    /// <param name="wanted">Sorted and disjoint runs of blocks.</param>
    /// <param name="mostHole">Blocks; larger holes between the wanted runs are not looked into, and count as not absent.</param>
    public static List<AbsentRun> Find_NeedsLock(RangeSource source, IEnumerable<BlockRun> wanted, long mostHole)
    {
        var runs = new List<AbsentRun>();
        long hole = -1;
        bool holeIsAbsent = false;
        foreach (BlockRun run in wanted)
        {
            holeIsAbsent = holeIsAbsent && run.First - hole <= mostHole && AreAbsent(source, hole, run.First);
            long block = run.First;
            while (block < run.End)
            {
                if (!IsAbsent_NeedsLock(source, block))
                {
                    holeIsAbsent = false;
                    block++;
                    continue;
                }

                long first = block;
                while (block < run.End && IsAbsent_NeedsLock(source, block))
                {
                    block++;
                }

                runs.Add(new AbsentRun(first, block, holeIsAbsent));
                (hole, holeIsAbsent) = (block, true);
            }
        }

        return runs;
    }

    /// <summary>A partial block counts as absent: its missing head has to be asked.</summary>
    public static bool IsAbsent_NeedsLock(RangeSource source, long block) =>
        source.Cache.StateOf_NeedsLock(source.Map, block, out _) is BlockState.Absent or BlockState.Partial;

    /// <summary>A run without the blocks at its ends that are not absent any more: the run before it has grown over them.</summary>
    public static BlockRun Trim_NeedsLock(RangeSource source, BlockRun run)
    {
        (long first, long end) = run;
        while (first < end && !IsAbsent_NeedsLock(source, first))
        {
            first++;
        }

        while (first < end && !IsAbsent_NeedsLock(source, end - 1))
        {
            end--;
        }

        return new BlockRun(first, end);
    }

    private static bool AreAbsent(RangeSource source, long first, long end)
    {
        while (first < end && IsAbsent_NeedsLock(source, first))
        {
            first++;
        }

        return first >= end;
    }
}
