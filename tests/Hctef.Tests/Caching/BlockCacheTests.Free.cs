using Hctef.Caching;
using static Hctef.Tests.Caching.CacheFilling;

namespace Hctef.Tests.Caching;

/// <summary>Versions that stay in use and whose blocks are freed.</summary>
public sealed partial class BlockCacheTests
{
    [Fact]
    public void FreeingLeavesTheVersionInUse()
    {
        BlockCache cache = CreateCache(blocks: 100);
        BlockMap freed = cache.CreateMap();
        BlockMap other = cache.CreateMap();
        cache.Load(freed, first: 0, count: 40);
        cache.LoadEnd(freed, block: 50, filledFrom: 100);
        cache.Load(other, first: 0, count: 5);
        cache.Free(freed);
        Assert.True(freed.IsEmpty);
        Assert.Equal(5 * 512, cache.UsedBytes);
        Assert.Single(cache.GetRanges(other, long.MaxValue));

        cache.Load(freed, first: 3, count: 2);
        Assert.Equal(1024, cache.ReadVerified(freed, 3 * 512, 1024));
        cache.CheckIntegrity([freed, other]);
    }

    [Fact]
    public void WhatIsLoadingOrWaitedForStaysWhenAVersionIsFreed()
    {
        BlockCache cache = CreateCache(blocks: 8);
        BlockMap map = cache.CreateMap();
        FakeLoad load = FakeLoad.TryStart(cache, map, first: 0, most: 4)!;
        Assert.True(load.TryPin(1, out int slot));
        load.Publish(2);
        cache.Free(map);
        Assert.Equal(BlockState.Loading, cache.StateOf(map, 3));

        load.Publish(4);
        load.Finish();
        cache.Free(map);
        Assert.Equal(512, cache.ReadVerified(map, 512, 512));
        Assert.Equal(BlockState.Absent, cache.StateOf(map, 3));
        cache.Unpin(slot);
        cache.Free(map);
        Assert.True(map.IsEmpty);
        cache.CheckIntegrity([map]);
    }
}
