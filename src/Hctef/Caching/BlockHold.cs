namespace Hctef.Caching;

/// <summary>
/// Blocks that were fetched ahead for one reader: they are not evictable until the reader has passed them, or gives them up, or the
/// memory is needed for something better. Under the cache's lock.
/// </summary>
internal sealed class BlockHold
{
    private readonly bool _backward;
    private long _edge;

    /// <summary>Starts where the reader is.</summary>
    /// <param name="pool">The pool of the blocks.</param>
    /// <param name="position">The block that the reader is in.</param>
    /// <param name="backward">Whether the reader goes towards the file's start.</param>
    public BlockHold(BlockPool pool, long position, bool backward)
    {
        Blocks = new EvictionQueue(pool) { Hold = this };
        Place = new LinkedListNode<BlockHold>(this);
        _backward = backward;
        _edge = position;
    }

    /// <summary>Its place among the holds, which changes with each move.</summary>
    public LinkedListNode<BlockHold> Place { get; }

    /// <summary>The blocks that are ready, in the order of their arrival.</summary>
    public EvictionQueue Blocks { get; }

    /// <summary>The blocks that are ready or loading.</summary>
    public int Reserved { get; set; }

    /// <summary>Whether the blocks cannot be asked for again: they give way to nobody.</summary>
    public bool IsKept { get; init; }

    /// <summary>Whether the blocks were given up: what still arrives is evictable at once.</summary>
    public bool IsReleased { get; set; }

    /// <summary>When the reader last moved, on the clock of <see cref="BlockHolds"/>.</summary>
    public long LastUse { get; set; }

    public bool HasPassed(long block) => _backward ? block > _edge : block < _edge;

    public void MoveTo(long position) => _edge = position;
}
