namespace Hctef.Diagnostics;

/// <summary>Blocks that reads have entered, by where their bytes came from.</summary>
/// <param name="Hits">Those that were in memory.</param>
/// <param name="Misses">Those that the read itself asked for.</param>
/// <param name="Joined">Those that were on their way already, for somebody else or ahead of the reader.</param>
internal readonly record struct BlockReads(long Hits, long Misses, long Joined)
{
    public static BlockReads operator +(BlockReads one, BlockReads other) =>
        new(one.Hits + other.Hits, one.Misses + other.Misses, one.Joined + other.Joined);
}
