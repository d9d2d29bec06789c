namespace Hctef.Benchmarks.HitRatios;

/// <summary>A policy of eviction, as the traces drive it.</summary>
internal interface ICachePolicy
{
    /// <summary>A reader reads in a block.</summary>
    /// <param name="block">The block, which is loaded if it is absent.</param>
    /// <param name="entered">Whether this reader's last read was in another block.</param>
    /// <returns>Whether the block was there.</returns>
    bool Read(long block, bool entered);

    /// <summary>The same by the reader that scans, who may be read ahead of.</summary>
    bool Scan(long block, bool entered) => Read(block, entered);
}
