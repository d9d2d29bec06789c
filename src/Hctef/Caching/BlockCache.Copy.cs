namespace Hctef.Caching;

/// <content>Hits: reading ready blocks without a lock.</content>
internal sealed partial class BlockCache
{
    /// <summary>
    /// Up to this size .NET copies by vectors in line; beyond it calls the C library, whose string instruction does not overlap with what
    /// comes before and after: a tenth slower for blocks that are in no processor cache.
    /// </summary>
    private const int PieceBytes = 2048;

    /// <summary>Copies ready blocks from an offset, up to the first that is not ready.</summary>
    /// <param name="map">The version's blocks.</param>
    /// <param name="offset">Where to start.</param>
    /// <param name="destination">What to fill; bytes behind those returned are left alone or zeroed, never foreign.</param>
    /// <param name="lastVisited">The block that this reader was in last; entering another one counts as a visit.</param>
    /// <param name="touched">Whether a block was entered that nobody had read before: where reading ahead goes on.</param>
    /// <returns>The number of bytes copied.</returns>
    public int Copy(BlockMap map, long offset, Span<byte> destination, ref long lastVisited, out bool touched)
    {
        touched = false;
        int copied = 0;
        BlockLeaf? leaf = null;
        while (copied < destination.Length)
        {
            long block = offset >> _shift;
            if (leaf is null || leaf.Index != block >> BlockLeaf.Shift)
            {
                leaf = map.Find(block);
                if (leaf is null)
                {
                    break;
                }
            }

            long cell = Volatile.Read(ref leaf.Cell(block));
            if (BlockCell.StateOf(cell) != BlockState.Ready)
            {
                break;
            }

            int within = (int)offset & (BlockBytes - 1);
            int count = Math.Min(BlockBytes - within, destination.Length - copied);
            if (!TryCopy(leaf, block, cell, within, destination.Slice(copied, count)))
            {
                continue;
            }

            if (block != lastVisited)
            {
                lastVisited = block;
                touched |= BlockVisits.Visit(ref _pool.Visits(BlockCell.SlotOf(cell)));
            }

            copied += count;
            offset += count;
        }

        // The pool's memory is unmanaged: it must not be finalized under the copies above.
        GC.KeepAlive(this);
        return copied;
    }

    /// <summary>Copies ready blocks from a block's start on, up to the first that is not ready; it counts as no visit.</summary>
    /// <returns>The bytes of whole blocks, or all that was asked for.</returns>
    public int Peek(BlockMap map, long start, Span<byte> destination)
    {
        int copied = 0;
        while (copied < destination.Length)
        {
            long block = BlockOf(start + copied);
            int count = Math.Min(BlockBytes, destination.Length - copied);
            if (map.Find(block) is not { } leaf)
            {
                break;
            }

            long cell = Volatile.Read(ref leaf.Cell(block));
            if (BlockCell.StateOf(cell) != BlockState.Ready || !TryCopy(leaf, block, cell, 0, destination.Slice(copied, count)))
            {
                break;
            }

            copied += count;
        }

        GC.KeepAlive(this);
        return copied;
    }

    /// <summary>
    /// The optimistic copy. The cell was loaded with acquire, so the slot's bytes are at least as new as the cell. Whoever recycles the
    /// slot clears the cell, issues a full fence, raises the generation and only then writes: if a byte copied here is of the slot's next
    /// content, the read barrier makes the second load see the cleared cell or a later one, which differs by its generation.
    /// </summary>
    internal bool TryCopy(BlockLeaf leaf, long block, long cell, int within, Span<byte> destination)
    {
        CopyInPieces(_pool.Read(BlockCell.SlotOf(cell)).Slice(within, destination.Length), destination);
        Volatile.ReadBarrier();
        if (Volatile.Read(ref leaf.Cell(block)) == cell)
        {
            return true;
        }

        destination.Clear();
        return false;
    }

    private static void CopyInPieces(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        while (source.Length > PieceBytes)
        {
            source[..PieceBytes].CopyTo(destination);
            source = source[PieceBytes..];
            destination = destination[PieceBytes..];
        }

        source.CopyTo(destination);
    }
}
