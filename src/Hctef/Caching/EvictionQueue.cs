namespace Hctef.Caching;

/// <summary>
/// A first-in, first-out queue of slots, linked through the slots themselves, so that any slot leaves it in constant time and the
/// queue allocates nothing. Under the cache's lock.
/// </summary>
internal sealed class EvictionQueue(BlockPool pool)
{
    private const int None = -1;

    private int _first = None;
    private int _last = None;

    public int Count { get; private set; }

    /// <summary>Whose the queue is, if its blocks are held.</summary>
    public BlockHold? Hold { get; init; }

    public void Push(int slot)
    {
        ref BlockSlot entry = ref pool.Slot(slot);
        entry.Queue = this;
        entry.Previous = _last;
        entry.Next = None;
        if (_last == None)
        {
            _first = slot;
        }
        else
        {
            pool.Slot(_last).Next = slot;
        }

        _last = slot;
        Count++;
    }

    public int Pop()
    {
        int slot = _first;
        Remove(slot);
        return slot;
    }

    public void Remove(int slot)
    {
        ref BlockSlot entry = ref pool.Slot(slot);
        if (entry.Previous == None)
        {
            _first = entry.Next;
        }
        else
        {
            pool.Slot(entry.Previous).Next = entry.Next;
        }

        if (entry.Next == None)
        {
            _last = entry.Previous;
        }
        else
        {
            pool.Slot(entry.Next).Previous = entry.Previous;
        }

        entry.Queue = null;
        Count--;
    }
}
