namespace Hctef.Caching;

/// <summary>
/// The block cache of one registration: one budget for all its files. Hits take no lock (<see cref="Copy"/>); everything else is
/// under <see cref="Gate"/>, which is held for a few list operations at a time and never while waiting.
/// </summary>
/// <remarks>
/// Invariant, checked by <see cref="CheckIntegrity"/>: a slot is in exactly one place: free; reserved by a load; ready or partial,
/// and then in one eviction queue and named by exactly one cell with its generation, but for the moment between publishing and
/// <see cref="Admit"/>.
/// </remarks>
internal sealed partial class BlockCache
{
    /// <summary>
    /// What a block costs beside its bytes, at worst, that is with a leaf of its own: the leaf, the slot, its visits, its ghost (a table
    /// of up to twice the size) and its place on the list of free slots (the same).
    /// </summary>
    public const int OverheadBytes = BlockLeaf.Bytes + BlockSlot.Bytes + sizeof(byte) + (2 * sizeof(ulong)) + (2 * sizeof(int));

    private readonly BlockPool _pool;
    private readonly S3Fifo _policy;
    private readonly BlockHolds _holds;
    private readonly List<IBlockLoad?> _loads = [];
    private readonly Stack<int> _freeLoads = new();
    private long _evictions;
    private readonly int _shift;
    private int _lastMap;

    /// <summary>Creates a cache.</summary>
    /// <param name="memoryBytes">The most that blocks and their index may take; less than a block makes a cache of none, and a block a cache
    /// of one, though its index goes over.</param>
    /// <param name="blockBytes">The size of a block, a power of two.</param>
    public BlockCache(long memoryBytes, int blockBytes)
    {
        BlockBytes = blockBytes;
        _shift = System.Numerics.BitOperations.Log2((uint)blockBytes);
        long capacity = memoryBytes < blockBytes ? 0 : Math.Max(1, memoryBytes / (blockBytes + OverheadBytes));
        _pool = new BlockPool((int)Math.Min(capacity, BlockCell.MaxSlots), blockBytes);
        _policy = new S3Fifo(_pool);
        _holds = new BlockHolds(_pool, _policy);
    }

    /// <summary>Guards the maps, the pool and the queues. Taken inside a fetch's lock, never around one.</summary>
    public Lock Gate { get; } = new();

    public int BlockBytes { get; }

    /// <summary>How many blocks fit.</summary>
    public int Capacity => _pool.Capacity;

    /// <summary>Bytes of slots that hold blocks or are reserved for some.</summary>
    public long UsedBytes
    {
        get
        {
            lock (Gate)
            {
                return (long)(Capacity - _pool.Free) * BlockBytes;
            }
        }
    }

    /// <summary>Blocks that had to go for others.</summary>
    public long Evictions => Interlocked.Read(ref _evictions);

    /// <summary>The memory that blocks have taken from the system so far: it grows on demand and stays.</summary>
    public long PoolBytes => (long)_pool.Touched * BlockBytes;

    /// <summary>Creates the map of a version, or of one reader's own blocks of it.</summary>
    /// <param name="version">The version's map that a reader's own belongs to.</param>
    public BlockMap CreateMap(BlockMap? version = null) => new(Interlocked.Increment(ref _lastMap), version);

    public long BlockOf(long offset) => offset >> _shift;

    /// <summary>The offset of a block's first byte; behind the last possible block the highest offset there is.</summary>
    public long OffsetOf(long block) => block <= long.MaxValue >> _shift ? block << _shift : long.MaxValue;

    /// <summary>The number of blocks that hold the bytes up to an offset.</summary>
    public long BlocksFor(long end) => ((end - 1) >> _shift) + 1;

    /// <summary>How many blocks a range that is not empty lies in.</summary>
    public long BlocksOf(long offset, long length) => BlocksFor(offset + length) - BlockOf(offset);

    /// <summary>
    /// Forgets a version: its blocks are freed now, those that are loading when their load ends. What readers wait for gives way later,
    /// like any other block.
    /// </summary>
    public void Drop(BlockMap map)
    {
        lock (Gate)
        {
            map.Drop_NeedsLock();
        }

        // What comes later is freed when it is admitted.
        Free(map, withKept: true);
    }

    /// <summary>
    /// Frees the blocks of a version that stays in use: as if all of them had been evicted now. What is loading, or readers wait for, stays,
    /// and so does what is kept because it cannot be asked for again.
    /// </summary>
    public void Free(BlockMap map) => Free(map, withKept: false);

    /// <summary>The ranges of a version that are ready, within its length.</summary>
    public RangeSet GetRanges(BlockMap map, long length)
    {
        List<BlockLeaf> leaves;
        lock (Gate)
        {
            leaves = map.Leaves_NeedsLock();
        }

        var ranges = new RangeSet();
        leaves.Sort(static (a, b) => a.Index.CompareTo(b.Index));
        foreach (BlockLeaf leaf in leaves)
        {
            long first = leaf.Index << BlockLeaf.Shift;
            for (long block = first; block < first + BlockLeaf.Blocks; block++)
            {
                if (BlockCell.StateOf(Volatile.Read(ref leaf.Cell(block))) == BlockState.Ready)
                {
                    ranges.Add(OffsetOf(block), Math.Min(OffsetOf(block + 1), length));
                }
            }
        }

        return ranges;
    }

    private void Free(BlockMap map, bool withKept)
    {
        List<BlockLeaf> leaves;
        lock (Gate)
        {
            leaves = map.Leaves_NeedsLock();
        }

        // A leaf that is unlinked meanwhile has only absent cells, so the lock can be given away between leaves. The last first, as in
        // Release.
        for (int i = leaves.Count - 1; i >= 0; i--)
        {
            lock (Gate)
            {
                Free_NeedsLock(leaves[i], withKept);
            }
        }
    }

    private void Free_NeedsLock(BlockLeaf leaf, bool withKept)
    {
        long first = leaf.Index << BlockLeaf.Shift;
        for (long block = first + BlockLeaf.Blocks - 1; block >= first; block--)
        {
            long cell = Volatile.Read(ref leaf.Cell(block));
            if (BlockCell.StateOf(cell) is BlockState.Ready or BlockState.Partial
                && (withKept || _pool.Slot(BlockCell.SlotOf(cell)).Queue?.Hold is not { IsKept: true }))
            {
                FreeUnlessPinned_NeedsLock(BlockCell.SlotOf(cell));
            }
        }
    }

    private void FreeUnlessPinned_NeedsLock(int slot)
    {
        ref BlockSlot entry = ref _pool.Slot(slot);

        // A block that is published but not admitted yet is in no queue; admitting it finds the map dropped.
        if (entry.Queue is not null && Volatile.Read(ref entry.Pins) == 0)
        {
            Unqueue_NeedsLock(slot);
            CountUnused(slot);
            Recycle(slot);
            _pool.Give_NeedsLock(slot);
        }
    }

    /// <summary>A block goes that nobody has read.</summary>
    private void CountUnused(int slot)
    {
        if (BlockVisits.IsUnread(_pool.Visits(slot)))
        {
            _pool.Slot(slot).Leaf!.Map.CountUnused(BlockBytes);
        }
    }

    /// <summary>Takes a slot from its block: from here on no reader's copy of it passes its check.</summary>
    private void Recycle(int slot)
    {
        ref BlockSlot entry = ref _pool.Slot(slot);
        BlockLeaf leaf = entry.Leaf!;
        Volatile.Write(ref leaf.Cell(entry.Block), BlockCell.Absent);

        // Orders the clearing before every later write into the slot's memory (see Copy).
        Interlocked.MemoryBarrier();
        entry.Generation++;
        entry.Leaf = null;
        if (--leaf.Used == 0)
        {
            leaf.Map.Remove_NeedsLock(leaf);
        }
    }
}
