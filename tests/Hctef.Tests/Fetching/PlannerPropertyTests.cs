using FsCheck;
using FsCheck.Fluent;
using Hctef.Caching;
using Hctef.Fetching;
using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>Any list of ranges over any state of the cache, against an array of bytes.</summary>
public sealed class PlannerPropertyTests
{
    private const int B = 512;
    private const int Blocks = 120;
    private const int Length = (Blocks * B) - 100;

    [Fact]
    public void What_is_wanted_and_absent_is_asked_once_and_nothing_else_but_holes() =>
        Prop.ForAll<int[]>(static numbers => HoldsAsync(numbers).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(60));

    private static async Task<bool> HoldsAsync(int[] numbers)
    {
        var random = new Random(numbers.Aggregate(17, HashCode.Combine));
        HctefOptions options = FetchRig.OptionsOf(2 * Blocks, B);
        options.Transport.MaxConcurrencyPerHost = 1 + random.Next(8);
        using FetchRig rig = FetchRig.Create(new StubOrigin(Length), options);
        rig.Costs = new FixedCosts { GapBytes = random.Next(8) * B, SmallestPieceBytes = (1 + random.Next(20)) * B, PieceBytes = 30 * B };
        RemoteFile file = await rig.OpenAsync(minimumRequestBytes: random.Next(4) == 0 ? random.Next(6 * B) : 1);
        RangeSource source = file.Source;
        BlockState[] before = [.. Enumerable.Range(0, Blocks).Select(block => Draw(source, block, random))];
        bool[] wanted = new bool[Blocks];
        List<(long Start, long End)> batch = [.. numbers.Select(number =>
        {
            long start = Math.Abs((long)number) * 977 % Length;
            long end = Math.Min(Length, start + 1 + random.Next(6 * B));
            wanted.AsSpan((int)(start / B), (int)((end + B - 1) / B - (start / B))).Fill(true);
            return (start, end);
        })];
        List<BlockFetch> fetches = [];
        IEnumerable<BlockRun> blocks = RangeBatches.BlocksOf(source.Cache, batch);
        lock (source.Cache.Gate)
        {
            Assert.True(FetchPlanner.Claim_NeedsLock(source, blocks, int.MaxValue, FetchPriority.Demand, fetches));
        }

        int[] asked = new int[Length];
        foreach (BlockFetch fetch in fetches)
        {
            for (long offset = fetch.Start; offset < fetch.Start + fetch.BytesToAsk; offset++)
            {
                asked[offset]++;
            }
        }

        List<BlockFetch> ordered = RangeBatches.InOrderOf(batch, fetches);
        bool right = ordered.Count == fetches.Count && ordered.Distinct().Count() == fetches.Count && IsInOrder(batch, ordered);
        for (int offset = 0; offset < Length; offset++)
        {
            BlockState state = before[offset / B];
            bool isMissing = state == BlockState.Absent || (state == BlockState.Partial && offset % B < B - 100);
            right &= asked[offset] <= 1 && (asked[offset] == 1 || !wanted[offset / B] || !isMissing);
        }

        // A fetch begins and ends with what was absent, and what it brings again lies in holes no larger than a gap.
        foreach (BlockFetch fetch in fetches)
        {
            int first = (int)(fetch.Start / B);
            int last = (int)((fetch.Start + fetch.BytesToAsk - 1) / B);
            right &= before[first] is BlockState.Absent or BlockState.Partial && before[last] is BlockState.Absent or BlockState.Partial;
            int hole = 0;
            for (int block = first; block <= last; block++)
            {
                hole = before[block] is BlockState.Ready or BlockState.Loading ? hole + 1 : 0;
                right &= hole * B <= rig.Costs.GapBytes;
            }
        }

        return right;
    }

    /// <summary>The first range that a fetch brings bytes of comes no later than that of the fetch that is started after it.</summary>
    private static bool IsInOrder(List<(long Start, long End)> batch, List<BlockFetch> ordered)
    {
        List<int> ranks = [.. ordered.Select(fetch =>
            batch.FindIndex(range => range.Start < fetch.End && fetch.Start < range.End) is var rank and >= 0 ? rank : int.MaxValue)];
        return ranks.SequenceEqual(ranks.Order());
    }

    private static BlockState Draw(RangeSource source, int block, Random random)
    {
        int fate = random.Next(10);
        if (fate < 6)
        {
            return BlockState.Absent;
        }

        int[] slot = new int[1];
        BlockCache cache = source.Cache;
        lock (cache.Gate)
        {
            Assert.Equal(1, cache.Reserve_NeedsLock(slot));
            if (fate == 6 && block < Blocks - 1)
            {
                Assert.True(cache.TryAdmitPartial(source.Map, block, slot[0], B - 100));
                return BlockState.Partial;
            }

            cache.Claim_NeedsLock(source.Map, block, slot[0], cache.AddLoad_NeedsLock(new OtherLoad()));
            if (fate < 9)
            {
                cache.Publish(slot[0]);
                cache.Admit(slot);
                return BlockState.Ready;
            }

            return BlockState.Loading;
        }
    }

    private sealed class OtherLoad : IBlockLoad
    {
        public long End => long.MaxValue;
    }
}
