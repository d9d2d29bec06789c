namespace Hctef.Caching.Disk;

/// <summary>A run of blocks that lie one behind the other in a pack.</summary>
/// <param name="First">The index in the file of the first block.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Ordinal">How many blocks of the pack lie before them.</param>
internal readonly record struct PackRange(long First, int Count, int Ordinal)
{
    public long End => First + Count;
}
