using System.Runtime.InteropServices;

namespace Hctef.Caching;

/// <summary>What is known of one slot of the pool. Everything but the pins is under the cache's lock.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct BlockSlot
{
    /// <summary>What a slot costs beside the block's bytes.</summary>
    public const int Bytes = 48;

    /// <summary>The leaf and block that the slot was claimed for; null while it is free or reserved, but for a victim's.</summary>
    public BlockLeaf? Leaf;
    public long Block;

    /// <summary>Of a reserved slot: it has the bytes of the block that was evicted yet, and somebody wants them.</summary>
    public bool IsVictim;

    /// <summary>How often the slot was given back: a cell that names another generation is stale.</summary>
    public uint Generation;

    /// <summary>Neighbours in the queue that the slot is in.</summary>
    public int Previous;
    public int Next;
    public EvictionQueue? Queue;

    /// <summary>Waiters that will copy from the slot; changed by interlocked operations.</summary>
    public int Pins;

    /// <summary>Of a partial block: the offset within it from which on its bytes are there.</summary>
    public int FilledFrom;
}
