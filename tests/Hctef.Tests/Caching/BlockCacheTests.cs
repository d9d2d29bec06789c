using Hctef.Caching;
using static Hctef.Tests.Caching.CacheFilling;

namespace Hctef.Tests.Caching;

/// <summary>The life of a block, step by step; other files of this class hold what can go differently.</summary>
public sealed partial class BlockCacheTests
{
    [Fact]
    public void ABlockIsClaimedPublishedAdmittedCopiedEvicted()
    {
        BlockCache cache = CreateCache(blocks: 1);
        BlockMap map = cache.CreateMap();
        Assert.Equal(BlockState.Absent, cache.StateOf(map, 5));

        FakeLoad load = FakeLoad.TryStart(cache, map, first: 5, most: 1)!;
        lock (cache.Gate)
        {
            Assert.Equal(BlockState.Loading, cache.StateOf_NeedsLock(map, 5, out IBlockLoad? found));
            Assert.Same(load, found);
            Assert.Equal(BlockState.Absent, cache.StateOf_NeedsLock(map, 4, out found));
            Assert.Null(found);
        }

        Assert.Equal(0, cache.ReadVerified(map, 5 * 512, 512));
        load.Publish(1);
        load.Finish();
        Assert.Equal(BlockState.Ready, cache.StateOf(map, 5));
        Assert.Equal(512, cache.ReadVerified(map, 5 * 512, 512));
        Assert.Equal([(5L * 512, 6L * 512)], cache.GetRanges(map, length: 100_000));
        cache.CheckIntegrity([map]);

        cache.Load(map, first: 9);
        Assert.Equal(BlockState.Absent, cache.StateOf(map, 5));
        Assert.Equal(0, cache.ReadVerified(map, 5 * 512, 512));
        Assert.Equal(512, cache.ReadVerified(map, 9 * 512, 512));
        cache.CheckIntegrity([map]);
    }

    [Fact]
    public void APublishedBlockIsReadableButNotEvictableBeforeItIsAdmitted()
    {
        BlockCache cache = CreateCache(blocks: 1);
        BlockMap map = cache.CreateMap();
        FakeLoad load = FakeLoad.TryStart(cache, map, first: 0, most: 1)!;
        BlockContent.Fill(cache.Run(load.Slots, most: 1).Span, map.Id, 0);
        load.PublishUnfilled(1);
        Assert.Equal(512, cache.ReadVerified(map, 0, 512));
        Assert.Null(FakeLoad.TryStart(cache, map, first: 1, most: 1));
        cache.Admit(load.Slots);
        load.Finish();
        Assert.NotNull(FakeLoad.TryStart(cache, map, first: 1, most: 1));
    }

    [Fact]
    public void AnAbandonedLoadLeavesWhatItPublished()
    {
        BlockCache cache = CreateCache(blocks: 8);
        BlockMap map = cache.CreateMap();
        FakeLoad load = FakeLoad.TryStart(cache, map, first: 30, most: 6)!;
        load.Publish(2);
        load.Finish();
        Assert.Equal([(30L * 512, 32L * 512)], cache.GetRanges(map, length: 100_000));
        Assert.Equal(2 * 512, cache.ReadVerified(map, 30 * 512, 6 * 512));
        cache.CheckIntegrity([map]);
        cache.Load(map, first: 32, count: 6);
        cache.CheckIntegrity([map]);
    }

    [Fact]
    public void AbandoningLeavesTheBlocksOfOthersAlone()
    {
        BlockCache cache = CreateCache(blocks: 8);
        BlockMap map = cache.CreateMap();
        FakeLoad other = FakeLoad.TryStart(cache, map, first: 2, most: 2)!;
        lock (cache.Gate)
        {
            Assert.NotEqual(0, cache.AddLoad_NeedsLock(other));
        }

        cache.Abandon(map, first: 0, end: 8, load: 1);
        Assert.Equal(BlockState.Loading, cache.StateOf(map, 3));
        cache.RemoveLoad(1);
        other.Publish(2);
        other.Finish();
        cache.CheckIntegrity([map]);
    }

    [Fact]
    public void TheNumbersOfLoadsAreUsedAgain()
    {
        BlockCache cache = CreateCache(blocks: 2);
        BlockMap map = cache.CreateMap();
        for (int round = 0; round < 100; round++)
        {
            FakeLoad.TryStart(cache, map, first: 0, most: 1)!.Finish();
        }

        FakeLoad load = FakeLoad.TryStart(cache, map, first: 0, most: 1)!;
        lock (cache.Gate)
        {
            Assert.Equal(1, cache.AddLoad_NeedsLock(load));
        }
    }

    [Fact]
    public void APinnedBlockIsNotEvicted()
    {
        BlockCache cache = CreateCache(blocks: 2);
        BlockMap map = cache.CreateMap();
        FakeLoad load = FakeLoad.TryStart(cache, map, first: 0, most: 1)!;
        Assert.True(load.TryPin(0, out int slot));
        load.Publish(1);
        load.Finish();
        for (int block = 1; block < 10; block++)
        {
            cache.Load(map, block);
        }

        Assert.Equal(512, cache.ReadVerified(map, 0, 512));
        cache.Unpin(slot);
        cache.Load(map, 10);
        cache.Load(map, 11);
        Assert.Equal(BlockState.Absent, cache.StateOf(map, 0));
        cache.CheckIntegrity([map]);
    }

    [Fact]
    public void ReleasedSlotsAreTakenAgainSideBySide()
    {
        BlockCache cache = CreateCache(blocks: 16);
        int[] slots = new int[16];
        for (int round = 0; round < 3; round++)
        {
            lock (cache.Gate)
            {
                Assert.Equal(16, cache.Reserve_NeedsLock(slots));
            }

            Assert.Equal(16 * 512, cache.Run(slots, most: 100).Length);
            cache.Release(slots);
        }
    }
}
