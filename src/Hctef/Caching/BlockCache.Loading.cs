namespace Hctef.Caching;

/// <content>Misses: how a load gets memory, claims blocks, fills and publishes them.</content>
internal sealed partial class BlockCache
{
    public BlockState StateOf_NeedsLock(BlockMap map, long block, out IBlockLoad? load)
    {
        long cell = map.Find(block) is { } leaf ? Volatile.Read(ref leaf.Cell(block)) : BlockCell.Absent;
        BlockState state = BlockCell.StateOf(cell);
        load = state == BlockState.Loading ? _loads[BlockCell.LoadOf(cell)] : null;
        return state;
    }

    /// <summary>Takes free slots for a load, evicting where there are none; fewer than asked when all others are pinned or loading.</summary>
    /// <param name="slots">Where the slots go.</param>
    /// <param name="forGuess">Whether the blocks are a guess: it takes no memory from other guesses.</param>
    public int Reserve_NeedsLock(Span<int> slots, bool forGuess = false)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            if (!_pool.TryTake_NeedsLock(out slots[i]))
            {
                while (!_policy.TryEvict(out slots[i]))
                {
                    if (forGuess || !_holds.TryGiveWay())
                    {
                        return i;
                    }
                }

                Interlocked.Increment(ref _evictions);
                Evict_NeedsLock(slots[i]);
            }
        }

        return slots.Length;
    }

    /// <summary>Gives back slots that a load holds and nobody can be writing to any more.</summary>
    public void Release(ReadOnlySpan<int> slots, BlockHold? hold = null)
    {
        lock (Gate)
        {
            // The last first: slots are taken again in the opposite order, so that neighbours stay neighbours (see Run).
            for (int i = slots.Length - 1; i >= 0; i--)
            {
                if (slots[i] >= 0)
                {
                    ForgetVictim_NeedsLock(slots[i]);
                    _pool.Give_NeedsLock(slots[i]);
                    _holds.Return(hold, 1);
                }
            }
        }
    }

    public int AddLoad_NeedsLock(IBlockLoad load)
    {
        if (_freeLoads.TryPop(out int number))
        {
            _loads[number] = load;
            return number;
        }

        _loads.Add(load);
        return _loads.Count - 1;
    }

    /// <summary>Forgets a load, none of whose blocks is loading any more.</summary>
    public void RemoveLoad(int number)
    {
        lock (Gate)
        {
            _loads[number] = null;
            _freeLoads.Push(number);
        }
    }

    /// <summary>Makes an absent block loading, into a reserved slot.</summary>
    public void Claim_NeedsLock(BlockMap map, long block, int slot, int load)
    {
        BlockLeaf leaf = map.FindOrAdd_NeedsLock(block);
        leaf.Used++;
        ref BlockSlot entry = ref _pool.Slot(slot);
        (entry.Leaf, entry.Block, entry.IsVictim) = (leaf, block, false);

        // Before the block can be ready: a reader may visit it as soon as it is.
        _pool.Visits(slot) = BlockVisits.Unread;
        Volatile.Write(ref leaf.Cell(block), BlockCell.Loading(load));
    }

    /// <summary>Gives a loading block to another load, under the lock of the one that owns it; its slot goes along.</summary>
    public void PassOn_NeedsLock(BlockMap map, long block, int load) =>
        Volatile.Write(ref map.Find(block)!.Cell(block), BlockCell.Loading(load));

    /// <summary>Makes loading blocks absent again. Their slots stay with the load.</summary>
    public void Abandon(BlockMap map, long first, long end, int load)
    {
        lock (Gate)
        {
            for (long block = first; block < end; block++)
            {
                if (map.Find(block) is { } leaf && leaf.Cell(block) == BlockCell.Loading(load))
                {
                    Volatile.Write(ref leaf.Cell(block), BlockCell.Absent);
                    if (--leaf.Used == 0)
                    {
                        map.Remove_NeedsLock(leaf);
                    }
                }
            }
        }
    }

    /// <summary>
    /// Makes a loading block ready. Needs no lock: only the block's load may change a loading cell. Until <see cref="Admit"/> the block
    /// cannot be evicted.
    /// </summary>
    public void Publish(int slot)
    {
        ref BlockSlot entry = ref _pool.Slot(slot);
        Volatile.Write(ref entry.Leaf!.Cell(entry.Block), BlockCell.Ready(slot, entry.Generation));
    }

    /// <summary>
    /// Hands published blocks to the reader that they are held for, or to the eviction queues; those of a version that was dropped meanwhile are freed, unless a reader waits for
    /// them: it would find them absent, fetch them again, and never end.
    /// </summary>
    public void Admit(ReadOnlySpan<int> slots, BlockHold? hold = null)
    {
        lock (Gate)
        {
            foreach (int slot in slots)
            {
                if (slot < 0)
                {
                    continue;
                }

                if (hold is { IsReleased: false } && !hold.HasPassed(_pool.Slot(slot).Block))
                {
                    hold.Blocks.Push(slot);
                }
                else
                {
                    _holds.Return(hold, 1);
                    _policy.Admit(slot);
                }

                if (_pool.Slot(slot).Leaf!.Map.IsDropped)
                {
                    FreeUnlessPinned_NeedsLock(slot);
                }
            }
        }
    }

    /// <summary>Keeps the end of a block whose start is not known yet, in a slot that the caller reserved; false if it is not absent.</summary>
    public bool TryAdmitPartial(BlockMap map, long block, int slot, int filledFrom)
    {
        lock (Gate)
        {
            if (map.IsDropped || StateOf_NeedsLock(map, block, out _) != BlockState.Absent)
            {
                return false;
            }

            Claim_NeedsLock(map, block, slot, load: 0);
            ref BlockSlot entry = ref _pool.Slot(slot);
            entry.FilledFrom = filledFrom;
            Volatile.Write(ref entry.Leaf!.Cell(block), BlockCell.Partial(slot, entry.Generation));
            _policy.Admit(slot);
            return true;
        }
    }

    /// <summary>Makes a partial block absent and hands over its slot, the end of which is filled.</summary>
    public int TakePartial_NeedsLock(BlockMap map, long block, out int filledFrom)
    {
        int slot = BlockCell.SlotOf(map.Find(block)!.Cell(block));
        ref BlockSlot entry = ref _pool.Slot(slot);
        filledFrom = entry.FilledFrom;
        Unqueue_NeedsLock(slot);
        Recycle(slot);
        return slot;
    }

    /// <summary>The writable memory of reserved slots, as many from the first as lie side by side.</summary>
    public Memory<byte> Run(ReadOnlySpan<int> slots, int most) => _pool.Run(slots, most);

    /// <summary>Keeps a loading block from being evicted once it is ready; see ARCHITECTURE.md for when this is safe.</summary>
    public void Pin(int slot) => Interlocked.Increment(ref _pool.Slot(slot).Pins);

    public void Unpin(int slot) => Interlocked.Decrement(ref _pool.Slot(slot).Pins);
}
