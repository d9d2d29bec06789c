using Hctef.Caching;
using static Hctef.Tests.Caching.CacheFilling;

namespace Hctef.Tests.Caching;

/// <summary>What a reader sees who has loaded a block's cell, and is overtaken before it has copied and looked again.</summary>
public sealed partial class BlockCacheTests
{
    [Fact]
    public void ACopyThatIsNotOvertakenHolds()
    {
        (BlockCache cache, BlockMap map, BlockLeaf leaf, long cell) = LoadAndLook(block: 40);
        byte[] buffer = new byte[100];
        Assert.True(cache.TryCopy(leaf, 40, cell, within: 12, buffer));
        BlockContent.Verify(buffer, map, (40 * 512) + 12);
    }

    [Fact]
    public void I2_a_block_that_is_evicted_meanwhile_is_not_returned()
    {
        (BlockCache cache, _, BlockLeaf leaf, long cell) = LoadAndLook(block: 40);
        lock (cache.Gate)
        {
            Assert.Equal(1, cache.Reserve_NeedsLock(new int[1]));
        }

        AssertRefused(cache, leaf, 40, cell);
    }

    [Fact]
    public void I2_a_slot_that_holds_another_block_meanwhile_is_not_returned()
    {
        (BlockCache cache, BlockMap map, BlockLeaf leaf, long cell) = LoadAndLook(block: 40);
        Assert.Equal(BlockCell.SlotOf(cell), cache.Load(map, 41));
        AssertRefused(cache, leaf, 40, cell);
        Assert.Equal(512, cache.ReadVerified(map, 41 * 512, 512));
    }

    [Fact]
    public void ABlockThatIsBackInTheSameSlotAndLeafMeanwhileIsNotReturned()
    {
        BlockCache cache = CreateCache(blocks: 2);
        BlockMap map = cache.CreateMap();
        int slot = cache.Load(map, first: 40);
        BlockLeaf leaf = map.Find(40)!;
        long cell = leaf.Cell(40);

        // 41 stays and keeps the leaf while 40 goes and comes back.
        cache.Pin(cache.Load(map, first: 41));
        Assert.Equal(slot, cache.Load(map, first: 90));
        Assert.Equal(slot, cache.Load(map, first: 40));
        Assert.Same(leaf, map.Find(40));
        long again = leaf.Cell(40);
        Assert.Equal(BlockCell.SlotOf(cell), BlockCell.SlotOf(again));
        Assert.Equal(BlockState.Ready, BlockCell.StateOf(again));
        AssertRefused(cache, leaf, 40, cell);
        Assert.True(cache.TryCopy(leaf, 40, again, within: 0, new byte[10]));
    }

    [Fact]
    public void ALeafThatWasTakenOutStaysEmpty()
    {
        (BlockCache cache, BlockMap map, BlockLeaf leaf, long cell) = LoadAndLook(block: 40);
        cache.Load(map, first: 1_000);
        cache.Load(map, first: 40);
        Assert.NotSame(leaf, map.Find(40));
        Assert.Equal(BlockCell.Absent, leaf.Cell(40));
        AssertRefused(cache, leaf, 40, cell);
        Assert.Equal(512, cache.ReadVerified(map, 40 * 512, 512));
    }

    [Fact]
    public void ABlockWhoseVersionIsDroppedMeanwhileIsNotReturned()
    {
        BlockCache cache = CreateCache(blocks: 1);
        BlockMap map = cache.CreateMap();
        cache.Load(map, first: 40);
        BlockLeaf leaf = map.Find(40)!;
        long cell = leaf.Cell(40);
        cache.Drop(map);
        AssertRefused(cache, leaf, 40, cell);
    }

    private static (BlockCache Cache, BlockMap Map, BlockLeaf Leaf, long Cell) LoadAndLook(long block)
    {
        BlockCache cache = CreateCache(blocks: 1);
        BlockMap map = cache.CreateMap();
        cache.Load(map, block);
        BlockLeaf leaf = map.Find(block)!;
        return (cache, map, leaf, leaf.Cell(block));
    }

    private static void AssertRefused(BlockCache cache, BlockLeaf leaf, long block, long cell)
    {
        byte[] buffer = new byte[200];
        buffer.AsSpan().Fill(0xEE);
        Assert.False(cache.TryCopy(leaf, block, cell, within: 100, buffer.AsSpan(50, 100)));
        Assert.Equal(-1, buffer.AsSpan(50, 100).IndexOfAnyExcept((byte)0));
        Assert.Equal(-1, buffer.AsSpan(0, 50).IndexOfAnyExcept((byte)0xEE));
        Assert.Equal(-1, buffer.AsSpan(150).IndexOfAnyExcept((byte)0xEE));
    }
}
