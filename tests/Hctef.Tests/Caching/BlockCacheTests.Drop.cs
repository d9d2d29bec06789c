using Hctef.Caching;
using static Hctef.Tests.Caching.CacheFilling;

namespace Hctef.Tests.Caching;

/// <summary>Versions whose last reader has gone.</summary>
public sealed partial class BlockCacheTests
{
    [Fact]
    public void DroppingFreesAllOfAVersionAndNothingElse()
    {
        BlockCache cache = CreateCache(blocks: 100);
        BlockMap dropped = cache.CreateMap();
        BlockMap kept = cache.CreateMap();
        for (int i = 0; i < 20; i++)
        {
            cache.Load(dropped, i * 100, count: 2);
            cache.Load(kept, i * 100);
        }

        cache.LoadEnd(dropped, block: 5, filledFrom: 100);
        cache.Drop(dropped);
        Assert.True(dropped.IsEmpty);
        Assert.Empty(cache.GetRanges(dropped, long.MaxValue));
        Assert.Equal(0, cache.ReadVerified(dropped, 0, 512));
        Assert.Equal(20, cache.GetRanges(kept, long.MaxValue).Count);
        cache.CheckIntegrity([kept, dropped]);
        cache.Drop(dropped);
        cache.CheckIntegrity([kept, dropped]);
    }

    [Fact]
    public void ABlockThatIsLoadingWhenItsVersionIsDroppedIsFreedWhenItIsAdmitted()
    {
        BlockCache cache = CreateCache(blocks: 8);
        BlockMap map = cache.CreateMap();
        FakeLoad load = FakeLoad.TryStart(cache, map, first: 0, most: 4)!;
        load.Publish(1);
        load.PublishUnfilled(2);
        cache.Drop(map);
        Assert.Equal(BlockState.Absent, cache.StateOf(map, 0));
        Assert.Equal(BlockState.Loading, cache.StateOf(map, 3));
        cache.Admit(load.Slots.Slice(1, 1));
        load.Publish(3);
        load.Finish();
        Assert.True(map.IsEmpty);
        cache.CheckIntegrity([map]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatAReaderWaitsForOutlivesItsVersionUntilItIsEvicted(bool droppedBeforeItIsReady)
    {
        BlockCache cache = CreateCache(blocks: 4);
        BlockMap map = cache.CreateMap();
        FakeLoad load = FakeLoad.TryStart(cache, map, first: 0, most: 2)!;
        Assert.True(load.TryPin(1, out int slot));
        if (droppedBeforeItIsReady)
        {
            cache.Drop(map);
        }

        load.Publish(2);
        load.Finish();
        cache.Drop(map);
        Assert.Equal(512, cache.ReadVerified(map, 512, 512));
        Assert.Equal(BlockState.Absent, cache.StateOf(map, 0));
        cache.Unpin(slot);
        cache.CheckIntegrity([map]);
        BlockMap other = cache.CreateMap();
        cache.Load(other, first: 0, count: 4);
        Assert.True(map.IsEmpty);
        cache.CheckIntegrity([map, other]);
    }
}
