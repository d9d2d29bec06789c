namespace Hctef.Caching.Disk;

/// <summary>Blocks of a file that lie in one pack, one behind the other.</summary>
/// <param name="First">The first block.</param>
/// <param name="End">The one behind the last.</param>
/// <param name="Pack">Where they lie.</param>
/// <param name="Ordinal">How many blocks of the pack lie before them.</param>
internal readonly record struct PackRun(long First, long End, Pack Pack, int Ordinal)
{
    /// <summary>The same from a later block on.</summary>
    public PackRun From(long block) => this with { First = block, Ordinal = Ordinal + (int)(block - First) };
}
