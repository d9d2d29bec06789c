namespace Hctef.Caching;

/// <content>Blocks that are kept for the reader they were fetched ahead for.</content>
internal sealed partial class BlockCache
{
    /// <summary>The most blocks that are held for all readers together.</summary>
    public int MostHeld => _pool.Capacity / 2;

    /// <summary>
    /// How many blocks may be held for each of those who read ahead now, at most as many as wanted. Who has not moved for long gives way
    /// where that makes it more.
    /// </summary>
    public int ShareOfHolds(long wanted)
    {
        lock (Gate)
        {
            return _holds.Share(wanted);
        }
    }

    /// <summary>Starts a hold for a reader that is in a block and goes on from there.</summary>
    public BlockHold CreateHold_NeedsLock(long position, bool backward) => _holds.Add(position, backward);

    /// <summary>Starts a hold for blocks that cannot be asked for again: nothing takes them away until it is released.</summary>
    public BlockHold CreateKept()
    {
        lock (Gate)
        {
            return _holds.AddKept();
        }
    }

    /// <summary>Whether so many more blocks can be kept, within half of the cache; what is only fetched ahead gives way.</summary>
    public bool TryKeep_NeedsLock(int blocks) => _holds.TryKeep(blocks);

    /// <summary>How many more blocks may be fetched ahead for a hold, at most as many as wanted.</summary>
    public int GrantAhead_NeedsLock(BlockHold hold, int wanted) => _holds.Grant(hold, wanted);

    /// <summary>A load brings blocks for a hold.</summary>
    public void Hold_NeedsLock(BlockHold hold, int blocks) => _holds.Reserve(hold, blocks);

    /// <summary>The reader is in another block now; of those from <paramref name="first"/> on what it has passed is held no longer.</summary>
    public void MoveHold_NeedsLock(BlockHold hold, long position, BlockMap map, long first, long end) =>
        _holds.Move(hold, position, map, first, end);

    /// <summary>Ends a hold.</summary>
    /// <returns>The blocks that had come and that the reader had not passed.</returns>
    public int ReleaseHold(BlockHold hold)
    {
        lock (Gate)
        {
            int held = hold.Blocks.Count;
            _holds.Release(hold);
            return held;
        }
    }

    /// <summary>Takes a slot out of the queue that it is in.</summary>
    private void Unqueue_NeedsLock(int slot)
    {
        EvictionQueue queue = _pool.Slot(slot).Queue!;
        queue.Remove(slot);
        _holds.Return(queue.Hold, 1);
    }
}
