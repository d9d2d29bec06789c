namespace Hctef.Caching;

/// <summary>
/// Remembers the fingerprints of about as many evicted blocks as the main queue holds, each for that many evictions: the ghost queue
/// of S3-FIFO, kept as the paper's authors keep it, in a table whose entries age instead of being unlinked. A full bucket forgets its
/// oldest entry. The table is made by the first eviction: a cache that never fills does not pay for it. Under the cache's lock.
/// </summary>
internal sealed class GhostTable
{
    private const int BucketEntries = 4;

    private readonly uint _lifetime;
    private ulong[] _entries = [];
    private uint _clock;

    public GhostTable(int capacity)
    {
        _lifetime = (uint)Math.Max(BucketEntries, capacity);
    }

    public void Add(ulong key)
    {
        if (_entries.Length == 0)
        {
            _entries = new ulong[System.Numerics.BitOperations.RoundUpToPowerOf2(_lifetime)];
        }

        _clock++;
        Span<ulong> bucket = BucketOf(key);
        int oldest = 0;
        for (int i = 1; i < bucket.Length; i++)
        {
            oldest = bucket[i] == 0 || (bucket[oldest] != 0 && AgeOf(bucket[i]) > AgeOf(bucket[oldest])) ? i : oldest;
        }

        bucket[oldest] = (Fingerprint(key) << 32) | _clock;
    }

    /// <summary>Whether the block was evicted lately; it is forgotten by asking.</summary>
    public bool Remove(ulong key)
    {
        foreach (ref ulong entry in BucketOf(key))
        {
            if (entry != 0 && entry >> 32 == Fingerprint(key) && AgeOf(entry) <= _lifetime)
            {
                entry = 0;
                return true;
            }
        }

        return false;
    }

    private static ulong Fingerprint(ulong key) => key & 0xFFFFFFFF;

    private uint AgeOf(ulong entry) => _clock - (uint)entry;

    private Span<ulong> BucketOf(ulong key)
    {
        int first = (int)((key >> 32) & (ulong)(_entries.Length - 1)) & ~(BucketEntries - 1);
        return _entries.Length == 0 ? [] : _entries.AsSpan(first, BucketEntries);
    }
}
