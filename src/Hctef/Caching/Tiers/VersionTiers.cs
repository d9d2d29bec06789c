namespace Hctef.Caching.Tiers;

/// <summary>What the tiers below the memory keep of one version, the fastest tier first.</summary>
/// <remarks>Nothing in it changes but the flag, which only ever says that the version is closed to tiers from now on.</remarks>
internal sealed class VersionTiers(IReadOnlyList<ITierVersion> tiers)
{
    private volatile bool _isClosed;

    public int Count => tiers.Count;

    /// <summary>Whether the version was evicted: tiers are neither asked nor filled any more.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>The largest chunk of a tier.</summary>
    public int ChunkBytes { get; } = tiers.Max(static tier => tier.ChunkBytes);

    public ITierVersion this[int index] => tiers[index];

    /// <summary>Closes the version to tiers: what is on its way is not written.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Offers whole blocks to the tiers that are faster than the one that has brought them.</summary>
    /// <param name="start">The offset of the first block.</param>
    /// <param name="bytes">The blocks.</param>
    /// <param name="broughtBy">The index of the tier that brought them; <see cref="Count"/> for the origin.</param>
    public void Offer(long start, ReadOnlySpan<byte> bytes, int broughtBy)
    {
        for (int i = 0; i < broughtBy && !_isClosed; i++)
        {
            tiers[i].Offer(start, bytes);
        }
    }

    /// <summary>Whether a tier is sure to keep all of a range: it was asked for its beginning.</summary>
    public async ValueTask<bool> HaveAllAsync(long start, long end, CancellationToken cancellationToken)
    {
        foreach (ITierVersion tier in tiers)
        {
            using TierRun? run = _isClosed ? null : await tier.ReadAsync(start, end, cancellationToken).ConfigureAwait(false);
            if (run?.Start == start && tier.FindHeld(start, end, end - start) == start)
            {
                return true;
            }
        }

        return false;
    }
}
