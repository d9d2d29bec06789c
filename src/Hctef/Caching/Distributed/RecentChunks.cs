namespace Hctef.Caching.Distributed;

/// <summary>
/// The chunks that the store was last seen to have, or that are on their way there, some thousands of them, so that none is written twice.
/// One set fills while the one before it is still known; the lock guards both.
/// </summary>
internal sealed class RecentChunks
{
    private const int MostInSet = 4096;

    private readonly Lock _gate = new();
    private HashSet<ChunkId> _young = [];
    private HashSet<ChunkId> _old = [];

    public bool Contains(ChunkId chunk)
    {
        lock (_gate)
        {
            return _young.Contains(chunk) || _old.Contains(chunk);
        }
    }

    /// <summary>Adds a chunk; false if it was there.</summary>
    public bool Add(ChunkId chunk)
    {
        lock (_gate)
        {
            if (_old.Contains(chunk))
            {
                return false;
            }

            if (_young.Count == MostInSet)
            {
                (_old, _young) = (_young, []);
            }

            return _young.Add(chunk);
        }
    }

    /// <summary>The store was found not to have it, or it was not written.</summary>
    public void Remove(ChunkId chunk)
    {
        lock (_gate)
        {
            _young.Remove(chunk);
            _old.Remove(chunk);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _young.Clear();
            _old.Clear();
        }
    }
}
