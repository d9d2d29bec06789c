using Hctef.Diagnostics;

namespace Hctef.Caching.Tiers;

/// <summary>
/// A tier below the blocks in memory. It may only save time: whatever is in doubt there, fails or takes too long is a miss. Its members
/// never throw, but for the caller's own cancellation; they are safe for concurrent use.
/// </summary>
internal interface IBlockTier : IAsyncDisposable, IDisposable
{
    /// <summary>Its name in metrics.</summary>
    string Name { get; }

    /// <summary>What it has done so far.</summary>
    TierCounters Counters { get; }

    /// <summary>A file is about to be opened: makes ready, without waiting for it, what every version needs.</summary>
    void Prepare()
    {
    }

    /// <summary>Opens what it keeps, and will keep, of one version; <see langword="null"/> where it keeps none of such versions.</summary>
    ITierVersion? Open(VersionIdentity identity);

    /// <summary>Forgets all versions of a file, in all partitions.</summary>
    /// <param name="cacheKey">The file's <see cref="VersionIdentity.CacheKey"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask EvictAsync(string cacheKey, CancellationToken cancellationToken);
}
