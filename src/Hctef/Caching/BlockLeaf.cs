using System.Runtime.CompilerServices;

namespace Hctef.Caching;

/// <summary>
/// The cells of 32 neighbouring blocks of one file version. A leaf that was taken out of its map is never used again, so that a
/// reader who still holds it finds only absent cells.
/// </summary>
internal sealed class BlockLeaf(BlockMap map, long index)
{
    public const int Shift = 5;
    public const int Blocks = 1 << Shift;

    /// <summary>What a leaf costs at most: its object, and its share of the map's buckets, of which there are up to four a leaf.</summary>
    public const int Bytes = (Blocks * sizeof(long)) + 48 + (4 * 8);

    private Cells _cells;

    public BlockMap Map { get; } = map;

    public long Index { get; } = index;

    /// <summary>The next leaf of the same bucket; written under the cache's lock, read without.</summary>
    public BlockLeaf? Next;

    /// <summary>How many cells are not absent; under the cache's lock.</summary>
    public int Used;

    public ref long Cell(long block) => ref _cells[(int)(block & (Blocks - 1))];

    [InlineArray(Blocks)]
    private struct Cells
    {
        private long _first;
    }
}
