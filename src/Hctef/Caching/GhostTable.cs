namespace Hctef.Caching;

/// <summary>
/// Remembers the fingerprints of about as many evicted blocks as the main queue holds, each for that many evictions: the ghost queue
/// of S3-FIFO, kept as the paper's authors keep it, in a table whose entries age instead of being unlinked. A collision forgets the
/// older entry. The table is made by the first eviction: a cache that never fills does not pay for it. Under the cache's lock.
/// </summary>
internal sealed class GhostTable
{
    private readonly uint _lifetime;
    private ulong[] _entries = [];
    private uint _clock;

    public GhostTable(int capacity)
    {
        _lifetime = (uint)Math.Max(1, capacity);
    }

    public void Add(ulong key)
    {
        if (_entries.Length == 0)
        {
            _entries = new ulong[System.Numerics.BitOperations.RoundUpToPowerOf2(_lifetime)];
        }

        _clock++;
        _entries[Index(key)] = (Fingerprint(key) << 32) | _clock;
    }

    /// <summary>Whether the block was evicted lately; it is forgotten by asking.</summary>
    public bool Remove(ulong key)
    {
        if (_entries.Length == 0)
        {
            return false;
        }

        ref ulong entry = ref _entries[Index(key)];
        bool found = entry != 0 && entry >> 32 == Fingerprint(key) && _clock - (uint)entry <= _lifetime;
        if (found)
        {
            entry = 0;
        }

        return found;
    }

    private static ulong Fingerprint(ulong key) => key & 0xFFFFFFFF;

    private int Index(ulong key) => (int)((key >> 32) & (ulong)(_entries.Length - 1));
}
