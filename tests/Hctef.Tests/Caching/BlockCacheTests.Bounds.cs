using System.Runtime.CompilerServices;
using Hctef.Caching;
using static Hctef.Tests.Caching.CacheFilling;

namespace Hctef.Tests.Caching;

/// <summary>The budget.</summary>
public sealed partial class BlockCacheTests
{
    [Theory]
    [InlineData(0, 512, 0)]
    [InlineData(511, 512, 0)]
    [InlineData(512, 512, 1)]
    [InlineData(16 * 1024, 16 * 1024, 1)]
    [InlineData((16 * 1024) - 1, 16 * 1024, 0)]
    [InlineData(16 * 1024 * 1024, 16 * 1024, 999)]
    public void TheBudgetSaysHowManyBlocksFit(long memoryBytes, int blockBytes, int capacity) =>
        Assert.Equal(capacity, new BlockCache(memoryBytes, blockBytes).Capacity);

    [Theory]
    [InlineData(10_000, 512)]
    [InlineData(1_000_000, 512)]
    [InlineData(1_000_000, 16 * 1024)]
    [InlineData(20_000_000, 1024 * 1024)]
    public void BlocksAndIndexStayWithinTheBudget(long memoryBytes, int blockBytes)
    {
        var cache = new BlockCache(memoryBytes, blockBytes);
        BlockMap map = cache.CreateMap();

        // The worst that can be: every block has a leaf of its own.
        for (int i = 0; i < cache.Capacity * 3; i++)
        {
            cache.Load(map, (long)i * BlockLeaf.Blocks * 7);
        }

        Assert.Equal(cache.Capacity, map.Leaves_NeedsLock().Count);
        Assert.Equal((long)cache.Capacity * blockBytes, cache.PoolBytes);
        Assert.True(cache.PoolBytes + ((long)cache.Capacity * BlockCache.OverheadBytes) <= memoryBytes);
        cache.CheckIntegrity([map]);
    }

    [Fact]
    public void ALeafAndASlotCostNoMoreThanIsCounted()
    {
        var map = new BlockMap(1);
        _ = new BlockLeaf(map, index: 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var leaf = new BlockLeaf(map, index: 1);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(1, leaf.Index);
        Assert.InRange(allocated, BlockLeaf.Blocks * sizeof(long), BlockLeaf.Bytes - (4 * 8));
        Assert.InRange(Unsafe.SizeOf<BlockSlot>(), 1, BlockSlot.Bytes);
    }

    [Fact]
    public void RandomBlocksOfAHugeFileGrowNothing()
    {
        BlockCache cache = CreateCache(blocks: 16);
        BlockMap map = cache.CreateMap();
        var random = new Random(99);
        for (int i = 0; i < 20_000; i++)
        {
            long block = random.NextInt64(1L << 34);
            if (cache.StateOf(map, block) == BlockState.Absent)
            {
                cache.Load(map, block);
            }

            Assert.Equal(512, cache.ReadVerified(map, block * 512, 512));
        }

        Assert.InRange(map.Leaves_NeedsLock().Count, 1, 16);
        Assert.Equal(16 * 512, cache.PoolBytes);
        cache.CheckIntegrity([map]);
    }

    [Fact]
    public void I6_a_cache_of_none_holds_nothing_and_gives_nothing()
    {
        var cache = new BlockCache(memoryBytes: 0, blockBytes: 512);
        BlockMap map = cache.CreateMap();
        Assert.Null(FakeLoad.TryStart(cache, map, first: 0, most: 4));
        Assert.Equal(0, cache.ReadVerified(map, 0, 100));
        Assert.Equal(0, cache.PoolBytes);
        cache.Drop(map);
        cache.CheckIntegrity([map]);
    }

    [Fact]
    public void ReservingGivesWhatThereIs()
    {
        BlockCache cache = CreateCache(blocks: 5);
        BlockMap map = cache.CreateMap();
        FakeLoad load = FakeLoad.TryStart(cache, map, first: 0, most: 2)!;
        cache.Load(map, first: 10, count: 3);
        int[] slots = new int[4];
        lock (cache.Gate)
        {
            Assert.Equal(3, cache.Reserve_NeedsLock(slots));
            Assert.Equal(0, cache.Reserve_NeedsLock(new int[1]));
        }

        Assert.Equal(3, slots.Take(3).Except(load.Slots.ToArray()).Distinct().Count());
        cache.Release(slots.AsSpan(0, 3));
        load.Publish(2);
        load.Finish();
        cache.CheckIntegrity([map]);
    }
}
