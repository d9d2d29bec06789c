using Hctef.Caching;

namespace Hctef.Tests.Caching;

/// <summary>A cache of block numbers without bytes: what S3-FIFO decides, step by step.</summary>
internal sealed class PolicyDriver
{
    private readonly BlockMap _map = new(1);
    private readonly Dictionary<long, int> _slots = [];

    public PolicyDriver(int capacity)
    {
        Pool = new BlockPool(capacity, blockBytes: 512);
        Policy = new S3Fifo(Pool);
    }

    public BlockPool Pool { get; }

    public S3Fifo Policy { get; }

    public bool Has(long block) => _slots.ContainsKey(block);

    public int SlotOf(long block) => _slots[block];

    /// <summary>A reader enters a block, which is loaded if it is absent; true if it was there.</summary>
    public bool Visit(long block)
    {
        bool hit = Has(block);
        if (!hit)
        {
            Bring(block);
        }

        BlockVisits.Visit(ref Pool.Visits(_slots[block]));
        return hit;
    }

    /// <summary>Loads an absent block that nobody reads yet.</summary>
    public void Bring(long block)
    {
        if (!Pool.TryTake_NeedsLock(out int slot) && !TryEvict(out slot))
        {
            throw new InvalidOperationException("Every block is pinned.");
        }

        Pool.Slot(slot).Leaf = new BlockLeaf(_map, block >> BlockLeaf.Shift);
        Pool.Slot(slot).Block = block;
        Pool.Visits(slot) = BlockVisits.Unread;
        Policy.Admit(slot);
        _slots.Add(block, slot);
    }

    public bool TryEvict(out int slot)
    {
        if (!Policy.TryEvict(out slot))
        {
            return false;
        }

        _slots.Remove(Pool.Slot(slot).Block);
        return true;
    }
}
