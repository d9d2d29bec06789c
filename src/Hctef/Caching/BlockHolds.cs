namespace Hctef.Caching;

/// <summary>
/// All that is held for readers ahead of them: at most half of the cache, shared evenly among those who read. Who has not moved for
/// long gives way to the others, and everybody gives way to demand. What is kept for files that are downloaded whole counts as held, and
/// gives way to nobody. Under the cache's lock.
/// </summary>
/// <remarks>
/// Invariant: <see cref="_reserved"/> is the sum of what the listed holds have reserved; a hold that is released has none and is not
/// in the list; a slot in a hold's queue is in no other. <see cref="_keptBlocks"/> is the part of the kept ones, at most half of the cache.
/// </remarks>
internal sealed class BlockHolds(BlockPool pool, S3Fifo policy)
{
    /// <summary>A hold is idle when the others have moved this often, each, since it did.</summary>
    public const int IdleMoves = 64;

    /// <summary>
    /// Of more holds than these no more moves are awaited: readers that were never closed would add up faster than they are found idle.
    /// </summary>
    public const int MostCounted = 64;

    private readonly LinkedList<BlockHold> _byUse = new();
    private readonly List<BlockHold> _kept = [];
    private int _reserved;
    private int _keptBlocks;
    private long _clock;

    /// <summary>The blocks that are ready and held.</summary>
    public int Count => _byUse.Concat(_kept).Sum(static hold => hold.Blocks.Count);

    public int Reserved => _reserved;

    private int Most => pool.Capacity / 2;

    public BlockHold Add(long position, bool backward)
    {
        var hold = new BlockHold(pool, position, backward) { LastUse = ++_clock };
        _byUse.AddFirst(hold.Place);
        return hold;
    }

    /// <summary>Starts a hold that nobody reads on from: it has passed nothing.</summary>
    public BlockHold AddKept()
    {
        var hold = new BlockHold(pool, position: 0, backward: false) { IsKept = true };
        _kept.Add(hold);
        return hold;
    }

    /// <summary>Makes room among the holds for blocks that are to be kept; false where other kept ones take it.</summary>
    public bool TryKeep(int blocks)
    {
        if (_keptBlocks + blocks > Most)
        {
            return false;
        }

        while (_reserved + blocks > Most && TryGiveWay())
        {
        }

        return true;
    }

    /// <summary>How many more blocks a hold may reserve now, at most as many as wanted.</summary>
    public int Grant(BlockHold hold, int wanted)
    {
        if (hold.IsReleased)
        {
            return 0;
        }

        // One that holds nothing takes a share as well.
        while (Room(hold) < wanted && _byUse.Last is { } last && last.Value != hold && IsIdle(last.Value))
        {
            Release(last.Value);
        }

        return Math.Clamp(Room(hold), 0, wanted);
    }

    /// <summary>What each of the holds may reserve, at most as much as wanted.</summary>
    public int Share(long wanted)
    {
        while (EvenShare() < wanted && _byUse.Last is { } last && IsIdle(last.Value))
        {
            Release(last.Value);
        }

        return (int)Math.Min(EvenShare(), wanted);
    }

    public void Reserve(BlockHold hold, int blocks)
    {
        if (!hold.IsReleased)
        {
            Change(hold, blocks);
        }
    }

    /// <summary>Some of a hold's blocks are no longer its own, or will not come.</summary>
    public void Return(BlockHold? hold, int blocks)
    {
        if (hold is { IsReleased: false })
        {
            Change(hold, -blocks);
        }
    }

    /// <summary>The reader has moved: what it has passed becomes evictable.</summary>
    public void Move(BlockHold hold, long position, BlockMap map, long first, long end)
    {
        if (hold.IsReleased)
        {
            return;
        }

        hold.MoveTo(position);
        hold.LastUse = ++_clock;
        _byUse.Remove(hold.Place);
        _byUse.AddFirst(hold.Place);
        if (end - first > hold.Blocks.Count)
        {
            ReleasePassed(hold);
            return;
        }

        for (long block = first; block < end && hold.Blocks.Count > 0; block++)
        {
            if (hold.HasPassed(block) && FindReady(map, block) is int slot && slot >= 0 && pool.Slot(slot).Queue == hold.Blocks)
            {
                hold.Blocks.Remove(slot);
                Return(hold, 1);
                policy.Admit(slot);
            }
        }
    }

    /// <summary>All of a hold's blocks become evictable, also those that are still loading.</summary>
    public void Release(BlockHold hold)
    {
        if (hold.IsReleased)
        {
            return;
        }

        Return(hold, hold.Reserved);
        hold.IsReleased = true;
        if (hold.IsKept)
        {
            _kept.Remove(hold);
        }
        else
        {
            _byUse.Remove(hold.Place);
        }

        while (hold.Blocks.Count > 0)
        {
            policy.Admit(hold.Blocks.Pop());
        }
    }

    /// <summary>The hold that was used longest ago is released, for demand.</summary>
    public bool TryGiveWay()
    {
        if (_byUse.Last is not { } last)
        {
            return false;
        }

        Release(last.Value);
        return true;
    }

    /// <summary>Goes through the blocks that are held, where the reader has passed more than that: its step may be of any size.</summary>
    private void ReleasePassed(BlockHold hold)
    {
        for (int left = hold.Blocks.Count; left > 0; left--)
        {
            int slot = hold.Blocks.Pop();
            if (hold.HasPassed(pool.Slot(slot).Block))
            {
                Return(hold, 1);
                policy.Admit(slot);
            }
            else
            {
                hold.Blocks.Push(slot);
            }
        }
    }

    private static int FindReady(BlockMap map, long block)
    {
        long cell = map.Find(block) is { } leaf ? Volatile.Read(ref leaf.Cell(block)) : BlockCell.Absent;
        return BlockCell.StateOf(cell) == BlockState.Ready ? BlockCell.SlotOf(cell) : -1;
    }

    private void Change(BlockHold hold, int blocks)
    {
        hold.Reserved += blocks;
        _reserved += blocks;
        _keptBlocks += hold.IsKept ? blocks : 0;
    }

    /// <summary>How many more blocks a hold may reserve: all together half of the cache, each its share of that.</summary>
    private int Room(BlockHold hold) => Math.Min(Most - _reserved, EvenShare() - hold.Reserved);

    private int EvenShare() => (Most - _keptBlocks) / Math.Max(1, _byUse.Count);

    private bool IsIdle(BlockHold hold) => _clock - hold.LastUse > (long)IdleMoves * Math.Min(_byUse.Count, MostCounted);
}
