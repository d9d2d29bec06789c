namespace Hctef.Caching;

/// <summary>
/// The blocks of one file version, cached and in flight alike: a hash table of leaves, which come with their first block and go
/// with their last.
/// </summary>
/// <remarks>
/// Writers hold the cache's lock. Readers hold nothing: a bucket is a chain that they follow by acquire loads. While the table is
/// enlarged or a leaf is unlinked a reader may miss a leaf that is there; it then takes the slow path, which looks again under the
/// lock. It never finds a wrong one, since a leaf's index and map do not change.
/// </remarks>
internal sealed class BlockMap(int id, BlockMap? version = null)
{
    private const int MinBuckets = 4;

    private static readonly BlockLeaf?[] Empty = new BlockLeaf?[1];

    private BlockLeaf?[] _buckets = Empty;
    private int _leaves;
    private long _unusedBytes;
    private IVictims? _victims;

    /// <summary>Tells the maps of one cache apart.</summary>
    public int Id { get; } = id;

    /// <summary>Whether the version's last reader has gone; under the cache's lock. Nothing is kept in a dropped map.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>Who gets what memory evicts of the version, if anybody.</summary>
    public IVictims? Victims
    {
        get => Volatile.Read(ref _victims);
        set => Volatile.Write(ref _victims, value);
    }

    /// <summary>The bytes of blocks that went without having been read.</summary>
    public long UnusedBytes => Interlocked.Read(ref _unusedBytes);

    /// <summary>Whether no block is ready, partial or loading.</summary>
    public bool IsEmpty => Volatile.Read(ref _leaves) == 0;

    public BlockLeaf? Find(long block)
    {
        long index = block >> BlockLeaf.Shift;
        BlockLeaf?[] buckets = Volatile.Read(ref _buckets);
        BlockLeaf? leaf = Volatile.Read(ref buckets[Bucket(index, buckets.Length)]);
        while (leaf is not null && leaf.Index != index)
        {
            leaf = Volatile.Read(ref leaf.Next);
        }

        return leaf;
    }

    public BlockLeaf FindOrAdd_NeedsLock(long block)
    {
        if (Find(block) is { } found)
        {
            return found;
        }

        if (_leaves >= _buckets.Length || ReferenceEquals(_buckets, Empty))
        {
            Resize(Math.Max(MinBuckets, _buckets.Length * 2));
        }

        var leaf = new BlockLeaf(this, block >> BlockLeaf.Shift);
        ref BlockLeaf? head = ref _buckets[Bucket(leaf.Index, _buckets.Length)];
        leaf.Next = head;
        Volatile.Write(ref head, leaf);
        _leaves++;
        return leaf;
    }

    public void Remove_NeedsLock(BlockLeaf leaf)
    {
        ref BlockLeaf? link = ref _buckets[Bucket(leaf.Index, _buckets.Length)];
        while (!ReferenceEquals(link, leaf))
        {
            link = ref link!.Next;
        }

        // The removed leaf keeps its own Next: a reader who stands on it still reaches the rest of the chain.
        Volatile.Write(ref link, leaf.Next);
        _leaves--;
        if (_buckets.Length > MinBuckets && _leaves < _buckets.Length / 4)
        {
            Resize(_buckets.Length / 2);
        }
    }

    public void CountUnused(int bytes) => Interlocked.Add(ref (version ?? this)._unusedBytes, bytes);

    public void Drop_NeedsLock() => IsDropped = true;

    /// <summary>All leaves, in no order.</summary>
    public List<BlockLeaf> Leaves_NeedsLock()
    {
        var leaves = new List<BlockLeaf>(_leaves);
        foreach (BlockLeaf? head in _buckets)
        {
            for (BlockLeaf? leaf = head; leaf is not null; leaf = leaf.Next)
            {
                leaves.Add(leaf);
            }
        }

        return leaves;
    }

    private static int Bucket(long index, int length) =>
        (int)(((ulong)index * 0x9E3779B97F4A7C15) >> 32) & (length - 1);

    private void Resize(int length)
    {
        var buckets = new BlockLeaf?[length];
        foreach (BlockLeaf leaf in Leaves_NeedsLock())
        {
            ref BlockLeaf? head = ref buckets[Bucket(leaf.Index, length)];
            Volatile.Write(ref leaf.Next, head);
            head = leaf;
        }

        Volatile.Write(ref _buckets, buckets);
    }
}
