using Hctef.Caching;

namespace Hctef.Fetching;

/// <summary>
/// A list of ranges, in the order in which they are wanted, cut into batches that are planned in one pass each.
/// </summary>
internal static class RangeBatches
{
    /// <summary>The ranges of a list, at most <see cref="FetchPlanner.MostBlocksAtOnce"/> blocks at a time.</summary>
    public static IEnumerable<List<(long Start, long End)>> Of(BlockCache cache, IEnumerable<(long Start, long End)> ranges)
    {
        var batch = new List<(long Start, long End)>();
        long room = FetchPlanner.MostBlocksAtOnce;
        foreach ((long from, long end) in ranges)
        {
            long start = from;
            while (start < end)
            {
                long stop = Math.Min(end, cache.OffsetOf(cache.BlockOf(start) + room));
                batch.Add((start, stop));
                room -= cache.BlocksFor(stop) - cache.BlockOf(start);
                start = stop;
                if (room <= 0)
                {
                    yield return batch;
                    batch = [];
                    room = FetchPlanner.MostBlocksAtOnce;
                }
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    /// <summary>The blocks of a batch, in the order of the file, each once.</summary>
    public static IEnumerable<BlockRun> BlocksOf(BlockCache cache, List<(long Start, long End)> batch)
    {
        var blocks = new RangeSet();
        foreach ((long start, long end) in batch)
        {
            blocks.Add(cache.BlockOf(start), cache.BlocksFor(end));
        }

        return blocks.Select(static run => new BlockRun(run.Start, run.End));
    }

    /// <summary>Fetches in the order of the file, brought into that of the ranges whose bytes they bring.</summary>
    public static List<BlockFetch> InOrderOf(List<(long Start, long End)> batch, List<BlockFetch> fetches)
    {
        if (fetches.Count < 2)
        {
            return fetches;
        }

        long[] ends = [.. fetches.Select(static fetch => fetch.End)];
        bool[] taken = new bool[fetches.Count];
        var ordered = new List<BlockFetch>(fetches.Count);
        foreach ((long start, long end) in batch)
        {
            int index = Array.BinarySearch(ends, start + 1);
            for (index = index < 0 ? ~index : index; index < ends.Length && fetches[index].Start < end; index++)
            {
                if (!taken[index])
                {
                    taken[index] = true;
                    ordered.Add(fetches[index]);
                }
            }
        }

        // Pieces of nothing but a hole come last.
        ordered.AddRange(fetches.Where((_, index) => !taken[index]));
        return ordered;
    }
}
