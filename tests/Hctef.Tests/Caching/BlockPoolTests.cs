using Hctef.Caching;

namespace Hctef.Tests.Caching;

public sealed class BlockPoolTests
{
    private const int MiB = 1024 * 1024;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(130)]
    public void NoMoreThanItsCapacityIsGiven(int capacity)
    {
        var pool = new BlockPool(capacity, MiB);
        int[] slots = TakeAll(pool);
        Assert.Equal(Enumerable.Range(0, capacity), slots);
        Assert.Equal(capacity, pool.Touched);
        Assert.Equal(0, pool.Free);
        foreach (int slot in slots)
        {
            pool.Give_NeedsLock(slot);
        }

        Assert.Equal(capacity, pool.Free);
        Assert.Equal(Enumerable.Range(0, capacity), TakeAll(pool).Order());
        Assert.Equal(capacity, pool.Touched);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(16 * 1024)]
    [InlineData(MiB)]
    public void ARunIsAsManyNeighboursAsLieInOneSegment(int blockBytes)
    {
        int perSegment = 64 * MiB / blockBytes;
        var pool = new BlockPool(perSegment + 4, blockBytes);
        TakeAll(pool);
        int last = perSegment - 1;
        Assert.Equal(2 * blockBytes, pool.Run([last - 1, last, last + 1, last + 2], most: 16).Length);
        Assert.Equal(2 * blockBytes, pool.Run([last + 1, last + 2, last + 4], most: 16).Length);
        Assert.Equal(blockBytes, pool.Run([3, 2, 1], most: 16).Length);
        Assert.Equal(blockBytes, pool.Run([3, -1, 5], most: 16).Length);
        Assert.Equal(3 * blockBytes, pool.Run([0, 1, 2, 3, 4], most: 3).Length);
        Assert.Equal(blockBytes, pool.Run([0, 1, 2], most: 1).Length);
        Assert.NotSame(pool.SegmentOf(last), pool.SegmentOf(last + 1));
        Assert.Equal(4 * blockBytes, pool.SegmentOf(last + 1).Memory.Length);
    }

    [Fact]
    public void WhatIsWrittenToARunIsReadFromItsSlots()
    {
        var pool = new BlockPool(capacity: 3, blockBytes: 512);
        TakeAll(pool);
        Span<byte> run = pool.Run([0, 1, 2], most: 3).Span;
        for (int slot = 0; slot < 3; slot++)
        {
            run.Slice(slot * 512, 512).Fill((byte)(slot + 1));
        }

        for (int slot = 0; slot < 3; slot++)
        {
            Assert.Equal(512, pool.Read(slot).Length);
            Assert.Equal(-1, pool.Read(slot).IndexOfAnyExcept((byte)(slot + 1)));
        }
    }

    [Fact]
    public void SlotsKnowTheirOwnThingsInEverySegment()
    {
        var pool = new BlockPool(capacity: 130, MiB);
        foreach (int slot in TakeAll(pool))
        {
            pool.Slot(slot).Block = slot;
            pool.Visits(slot) = (byte)slot;
        }

        Assert.All(Enumerable.Range(0, 130), slot => Assert.Equal((slot, (byte)slot), (pool.Slot(slot).Block, pool.Visits(slot))));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(MiB)]
    public void AHugeCapacityCostsNothingBeforeItsUse(int blockBytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var cache = new BlockCache(long.MaxValue, blockBytes);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(BlockCell.MaxSlots, cache.Capacity);
        Assert.Equal(0, cache.PoolBytes);
        Assert.InRange(allocated, 1, 4_096);
        BlockMap map = cache.CreateMap();
        cache.Load(map, first: 3);
        Assert.Equal(blockBytes, cache.PoolBytes);
        Assert.Equal(blockBytes, cache.ReadVerified(map, 3L * blockBytes, blockBytes));
    }

    private static int[] TakeAll(BlockPool pool)
    {
        var slots = new List<int>();
        while (pool.TryTake_NeedsLock(out int slot))
        {
            slots.Add(slot);
        }

        return [.. slots];
    }
}
