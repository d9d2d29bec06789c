namespace Hctef.Caching;

/// <summary>
/// The memory of the cache: a fixed number of slots of one block each, in segments that are taken from the system as they are
/// needed and never given back while the cache lives. Its members are under the cache's lock, but those that look up a slot.
/// </summary>
internal sealed class BlockPool
{
    private const int MaxSegmentBytes = 64 * 1024 * 1024;

    private readonly int _blockBytes;
    private readonly int _segmentShift;
    private readonly Stack<int> _free = new();
    private BlockSegment[] _segments = [];
    private int _touched;

    public BlockPool(int capacity, int blockBytes)
    {
        Capacity = capacity;
        _blockBytes = blockBytes;
        int perSegment = Math.Max(1, MaxSegmentBytes / blockBytes);
        _segmentShift = System.Numerics.BitOperations.Log2((uint)perSegment);
    }

    /// <summary>The most slots there are.</summary>
    public int Capacity { get; }

    /// <summary>Slots that were used at least once: only these have cost memory.</summary>
    public int Touched => _touched;

    /// <summary>Slots that are neither reserved, loading, ready nor partial.</summary>
    public int Free => Capacity - _touched + _free.Count;

    /// <summary>Takes a slot; false when all are taken, or when the system gives no memory for more.</summary>
    public bool TryTake_NeedsLock(out int slot)
    {
        if (_free.TryPop(out slot))
        {
            return true;
        }

        if (_touched == Capacity)
        {
            return false;
        }

        slot = _touched;
        if (IndexOf(slot) == 0 && !TryAddSegment_NeedsLock(Math.Min(1 << _segmentShift, Capacity - slot)))
        {
            return false;
        }

        _touched++;
        return true;
    }

    public void Give_NeedsLock(int slot) => _free.Push(slot);

    public BlockSegment SegmentOf(int slot) => Volatile.Read(ref _segments)[slot >> _segmentShift];

    public int IndexOf(int slot) => slot & ((1 << _segmentShift) - 1);

    public ref BlockSlot Slot(int slot) => ref SegmentOf(slot).Slots[IndexOf(slot)];

    public ref byte Visits(int slot) => ref SegmentOf(slot).Visits[IndexOf(slot)];

    public ReadOnlySpan<byte> Read(int slot) => SegmentOf(slot).Block(IndexOf(slot));

    /// <summary>The writable memory of as many neighbouring slots as start the list, for their owner to fill.</summary>
    public Memory<byte> Run(ReadOnlySpan<int> slots, int most)
    {
        int count = 1;
        while (count < slots.Length && count < most && slots[count] == slots[0] + count && IndexOf(slots[count]) != 0)
        {
            count++;
        }

        return Run(slots[0], count);
    }

    /// <summary>The memory of neighbouring slots of one segment.</summary>
    public Memory<byte> Run(int slot, int count) => SegmentOf(slot).Memory.Slice(IndexOf(slot) * _blockBytes, count * _blockBytes);

    /// <summary>
    /// The list of segments is copied, so that looking up a slot needs no lock: who got the number of a slot from a cell, by an acquire
    /// load, sees a list that has its segment.
    /// </summary>
    private bool TryAddSegment_NeedsLock(int slots)
    {
        try
        {
            Volatile.Write(ref _segments, [.. _segments, new BlockSegment(slots, _blockBytes)]);
            return true;
        }
        catch (OutOfMemoryException)
        {
            // A cache that cannot grow makes do with what it has; a read must not fail for it.
            return false;
        }
    }
}
