using Hctef.Caching;
using static Hctef.Tests.Caching.CacheFilling;

namespace Hctef.Tests.Caching;

/// <summary>Blocks of which only the end is known.</summary>
public sealed partial class BlockCacheTests
{
    [Fact]
    public void APartialBlockIsKeptButNotRead()
    {
        BlockCache cache = CreateCache(blocks: 4);
        BlockMap map = cache.CreateMap();
        Assert.True(cache.LoadEnd(map, block: 7, filledFrom: 500));
        Assert.Equal(BlockState.Partial, cache.StateOf(map, 7));
        Assert.Equal(0, cache.ReadVerified(map, (7 * 512) + 505, 1));
        Assert.Empty(cache.GetRanges(map, long.MaxValue));
        cache.CheckIntegrity([map]);
    }

    [Fact]
    public void WhoTakesItOverBringsOnlyItsHead()
    {
        BlockCache cache = CreateCache(blocks: 4);
        BlockMap map = cache.CreateMap();
        cache.LoadEnd(map, block: 7, filledFrom: 100);
        lock (cache.Gate)
        {
            int slot = cache.TakePartial_NeedsLock(map, 7, out int filledFrom);
            Assert.Equal(100, filledFrom);
            Assert.Equal(BlockState.Absent, cache.StateOf_NeedsLock(map, 7, out _));
            cache.Release([slot]);
        }

        Assert.True(map.IsEmpty);
        cache.LoadEnd(map, block: 7, filledFrom: 100);
        cache.Load(map, first: 6, count: 2);
        Assert.Equal(2 * 512, cache.ReadVerified(map, 6 * 512, 2 * 512));
        cache.CheckIntegrity([map]);
    }

    [Fact]
    public void APartialBlockIsEvictedLikeAnother()
    {
        BlockCache cache = CreateCache(blocks: 1);
        BlockMap map = cache.CreateMap();
        cache.LoadEnd(map, block: 7, filledFrom: 100);
        cache.Load(map, first: 0);
        Assert.Equal(BlockState.Absent, cache.StateOf(map, 7));
        cache.CheckIntegrity([map]);
    }

    [Fact]
    public void OnlyAnAbsentBlockBecomesPartial()
    {
        BlockCache cache = CreateCache(blocks: 4);
        BlockMap map = cache.CreateMap();
        cache.Load(map, first: 0);
        FakeLoad load = FakeLoad.TryStart(cache, map, first: 1, most: 1)!;
        Assert.True(cache.LoadEnd(map, block: 2, filledFrom: 10));
        Assert.False(cache.LoadEnd(map, block: 0, filledFrom: 10));
        Assert.False(cache.LoadEnd(map, block: 1, filledFrom: 10));
        Assert.False(cache.LoadEnd(map, block: 2, filledFrom: 20));
        load.Publish(1);
        load.Finish();
        cache.CheckIntegrity([map]);
        cache.Drop(map);
        Assert.False(cache.LoadEnd(map, block: 3, filledFrom: 10));
        Assert.True(map.IsEmpty);
        cache.CheckIntegrity([map]);
    }
}
