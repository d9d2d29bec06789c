using Hctef.Caching;

namespace Hctef.Tests.Caching;

public sealed class BlockCellTests
{
    [Theory]
    [InlineData(0, 0u)]
    [InlineData(1, 1u)]
    [InlineData(BlockCell.MaxSlots - 1, uint.MaxValue)]
    [InlineData(BlockCell.MaxSlots / 2, 0x8000_0000u)]
    public void AStoredBlockTellsItsSlotAndGeneration(int slot, uint generation)
    {
        long ready = BlockCell.Ready(slot, generation);
        long partial = BlockCell.Partial(slot, generation);
        Assert.Equal(BlockState.Ready, BlockCell.StateOf(ready));
        Assert.Equal(BlockState.Partial, BlockCell.StateOf(partial));
        Assert.Equal(slot, BlockCell.SlotOf(ready));
        Assert.Equal(slot, BlockCell.SlotOf(partial));
        Assert.Equal(generation, (uint)(ready >> 32));
        Assert.Equal(generation, (uint)(partial >> 32));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void ALoadingBlockTellsItsLoad(int load)
    {
        long cell = BlockCell.Loading(load);
        Assert.Equal(BlockState.Loading, BlockCell.StateOf(cell));
        Assert.Equal(load, BlockCell.LoadOf(cell));
    }

    [Fact]
    public void AbsentIsWhatAFreshLeafHolds()
    {
        Assert.Equal(BlockState.Absent, BlockCell.StateOf(BlockCell.Absent));
        Assert.Equal(BlockCell.Absent, new BlockLeaf(new BlockMap(1), index: 0).Cell(7));
    }

    [Fact]
    public void NextGenerationsDifferAlsoWhereTheyWrap()
    {
        Assert.NotEqual(BlockCell.Ready(5, 1), BlockCell.Ready(5, 2));
        Assert.NotEqual(BlockCell.Ready(5, uint.MaxValue), BlockCell.Ready(5, unchecked(uint.MaxValue + 1)));
        Assert.NotEqual(BlockCell.Ready(5, 1), BlockCell.Partial(5, 1));
    }
}
