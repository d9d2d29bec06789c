namespace Hctef.Caching;

/// <content>What becomes of the bytes of blocks that are evicted: a version's tiers get what they have not got yet.</content>
/// <remarks>
/// A slot is marked from its eviction until the load that it was reserved for takes the mark, or it is claimed or given back otherwise: who takes a
/// mark owns the slot, and nobody has written to it since. Under the cache's lock; the bytes are handed over outside it, by the
/// load, before it gives memory to a receive.
/// </remarks>
internal sealed partial class BlockCache
{
    /// <summary>Takes the marks of slots that were reserved, for their load to hand over what they have.</summary>
    /// <returns>Null if there are none, or no memory for them.</returns>
    public List<Victim>? TakeVictims_NeedsLock(ReadOnlySpan<int> slots)
    {
        List<Victim>? victims = null;
        try
        {
            foreach (int slot in slots)
            {
                if (slot >= 0 && _pool.Slot(slot) is { IsVictim: true } entry)
                {
                    (victims ??= []).Add(new Victim(slot, entry.Leaf!.Map, entry.Block));
                    ForgetVictim_NeedsLock(slot);
                }
            }
        }
        catch (OutOfMemoryException)
        {
            // Nobody gets the others. A claim, which comes next, forgets them.
        }

        return victims;
    }

    /// <summary>Hands the bytes of evicted blocks to those who want them, neighbours together.</summary>
    public void HandOver(List<Victim> victims)
    {
        int first = 0;
        while (first < victims.Count)
        {
            int end = first + 1;
            while (end < victims.Count && IsNext(victims[end - 1], victims[end]))
            {
                end++;
            }

            (int slot, BlockMap map, long block) = victims[first];
            map.Victims?.Take(OffsetOf(block), _pool.Run(slot, end - first));
            first = end;
        }

        // The pool's memory is unmanaged: it must not be finalized under the copies above.
        GC.KeepAlive(this);
    }

    /// <summary>Takes a slot from its block for somebody else, and marks it if its bytes are wanted.</summary>
    private void Evict_NeedsLock(int slot)
    {
        CountUnused(slot);
        ref BlockSlot entry = ref _pool.Slot(slot);
        BlockLeaf leaf = entry.Leaf!;
        bool isVictim = leaf.Map.Victims is { AreWanted: true } && BlockCell.StateOf(leaf.Cell(entry.Block)) == BlockState.Ready;
        Recycle(slot);
        (entry.IsVictim, entry.Leaf) = (isVictim, isVictim ? leaf : null);
    }

    private void ForgetVictim_NeedsLock(int slot)
    {
        ref BlockSlot entry = ref _pool.Slot(slot);
        (entry.IsVictim, entry.Leaf) = (false, null);
    }

    private bool IsNext(in Victim one, in Victim other) =>
        other.Map == one.Map && other.Block == one.Block + 1 && other.Slot == one.Slot + 1 && _pool.IndexOf(other.Slot) != 0;
}
