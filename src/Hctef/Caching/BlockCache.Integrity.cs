namespace Hctef.Caching;

/// <content>What soak tests end with.</content>
internal sealed partial class BlockCache
{
    /// <summary>Counts every slot's places while nothing is loading, and throws where the class's invariant does not hold.</summary>
    public void CheckIntegrity(IEnumerable<BlockMap> maps)
    {
        lock (Gate)
        {
            var named = new HashSet<int>();
            foreach (BlockLeaf leaf in maps.SelectMany(static map => map.Leaves_NeedsLock()))
            {
                int used = 0;
                for (long block = leaf.Index << BlockLeaf.Shift; block >> BlockLeaf.Shift == leaf.Index; block++)
                {
                    long cell = leaf.Cell(block);
                    BlockState state = BlockCell.StateOf(cell);
                    used += state == BlockState.Absent ? 0 : 1;
                    Check(state != BlockState.Loading, "a block is loading");
                    if (state is BlockState.Ready or BlockState.Partial)
                    {
                        int slot = BlockCell.SlotOf(cell);
                        BlockSlot entry = _pool.Slot(slot);
                        Check(named.Add(slot), "a slot is named by two cells");
                        Check(entry.Leaf == leaf && entry.Block == block, "a slot does not know its block");
                        Check((uint)(cell >> 32) == entry.Generation, "a cell names another generation");
                        Check(entry.Queue is not null, "a stored block is in no queue");
                        Check(entry.Pins == 0, "a block is pinned");
                    }
                }

                Check(used == leaf.Used && used > 0, "a leaf's count is wrong");
            }

            Check(named.Count == _policy.Count + _holds.Count, "a queue holds a slot that no cell names");
            Check(named.Count + _pool.Free == _pool.Capacity, "a slot is lost");
            Check(_holds.Count == _holds.Reserved, "a hold's count is wrong");
            Check(_loads.TrueForAll(static load => load is null), "a load was not removed");
        }
    }

    private static void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"The block cache is inconsistent: {what}.");
        }
    }
}
