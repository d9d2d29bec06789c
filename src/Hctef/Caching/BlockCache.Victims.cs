namespace Hctef.Caching;

/// <content>What becomes of the bytes of blocks that are evicted: a version's tiers get what they have not got yet.</content>
/// <remarks>
/// A slot is noted from its eviction until the load that it was reserved for takes the note, or gives the slot back: whoever has a note owns
/// the slot, and nobody has written to it since. Under the cache's lock; the bytes are handed over outside it, by the load, before it
/// gives memory to a receive.
/// </remarks>
internal sealed partial class BlockCache
{
    private readonly Dictionary<int, Victim> _victims = [];

    /// <summary>The notes for slots that were reserved, for their load to hand over; null if there are none.</summary>
    public List<Victim>? TakeVictims_NeedsLock(ReadOnlySpan<int> slots)
    {
        List<Victim>? victims = null;
        for (int i = 0; i < slots.Length && _victims.Count > 0; i++)
        {
            if (_victims.Remove(slots[i], out Victim victim))
            {
                (victims ??= new List<Victim>(slots.Length - i)).Add(victim);
            }
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

    private void NoteVictim_NeedsLock(int slot)
    {
        ref BlockSlot entry = ref _pool.Slot(slot);
        BlockLeaf leaf = entry.Leaf!;
        if (leaf.Map.Victims is not { AreWanted: true } || BlockCell.StateOf(leaf.Cell(entry.Block)) != BlockState.Ready)
        {
            return;
        }

        try
        {
            _victims[slot] = new Victim(slot, leaf.Map, entry.Block);
        }
        catch (OutOfMemoryException)
        {
            // Nobody gets these bytes. Who takes the slot has nothing to do with that.
        }
    }

    private bool IsNext(in Victim one, in Victim other) =>
        other.Map == one.Map && other.Block == one.Block + 1 && other.Slot == one.Slot + 1 && _pool.IndexOf(other.Slot) != 0;

    private void ForgetVictim_NeedsLock(int slot)
    {
        if (_victims.Count > 0)
        {
            _victims.Remove(slot);
        }
    }
}
