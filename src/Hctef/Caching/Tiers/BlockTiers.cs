namespace Hctef.Caching.Tiers;

/// <summary>The tiers of a registration below its memory, the fastest first. It owns them.</summary>
/// <param name="tiers">The tiers.</param>
/// <param name="cache">The memory above.</param>
/// <param name="time">For what is offered to them later.</param>
internal sealed class BlockTiers(IReadOnlyList<IBlockTier> tiers, BlockCache cache, TimeProvider time) : IAsyncDisposable, IDisposable
{
    private readonly BurstDeferral _bursts = new(time);

    public IReadOnlyList<IBlockTier> All { get; } = tiers;

    /// <inheritdoc cref="IBlockTier.Prepare"/>
    public void Prepare()
    {
        foreach (IBlockTier tier in All)
        {
            tier.Prepare();
        }
    }

    /// <summary>Opens what the tiers keep of one version; <see langword="null"/> if none keeps such versions.</summary>
    /// <param name="identity">The version.</param>
    /// <param name="map">The version's blocks in memory.</param>
    public VersionTiers? Open(VersionIdentity identity, BlockMap map)
    {
        if (All.Count == 0)
        {
            return null;
        }

        ITierVersion[] opened = [.. All.Select(tier => tier.Open(identity)).OfType<ITierVersion>()];
        return opened.Length == 0 ? null : new VersionTiers(opened, cache, map, _bursts);
    }

    /// <summary>
    /// Forgets all versions of a file, in all tiers; the slowest first, so that nobody brings its bytes up into one that has forgotten them.
    /// </summary>
    public async ValueTask EvictAsync(string cacheKey, CancellationToken cancellationToken)
    {
        foreach (IBlockTier tier in All.Reverse())
        {
            await tier.EvictAsync(cacheKey, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes what is to be written yet, for as long as each tier takes for that at most.</summary>
    public void Dispose()
    {
        _bursts.Dispose();
        foreach (IBlockTier tier in All)
        {
            tier.Dispose();
        }
    }

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync()
    {
        _bursts.Dispose();
        await Task.WhenAll(All.Select(static tier => tier.DisposeAsync().AsTask())).ConfigureAwait(false);
    }
}
