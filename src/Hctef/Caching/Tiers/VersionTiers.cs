namespace Hctef.Caching.Tiers;

/// <summary>What the tiers below the memory keep of one version, the fastest tier first.</summary>
/// <remarks>
/// The flags only ever say that the version is closed to tiers from now on. They are read before each offer, and after what is offered was
/// read: what comes into memory after a flag was set is seen with the flag. What tiers are yet to be offered is in
/// <see cref="PendingOffers"/>, which has a lock of its own. Who offers counts itself first and then reads the flag; who closes sets the flag and then reads the count; a
/// full fence lies between on both sides. So one sees the other, and <see cref="WaitForOffers"/> ends when no offer can land any more.
/// </remarks>
internal sealed class VersionTiers : IVictims
{
    private readonly BlockMap _map;
    private readonly ITierVersion[] _tiers;
    private readonly PendingOffers[] _pending;
    private readonly BurstDeferral _bursts;
    private volatile bool _isClosed;
    private volatile bool _isFilled = true;
    private int _offering;

    /// <summary>Combines what several tiers keep.</summary>
    /// <param name="tiers">The fastest first.</param>
    /// <param name="cache">The memory above.</param>
    /// <param name="map">The version's blocks there.</param>
    /// <param name="bursts">Decides what is offered later.</param>
    public VersionTiers(ITierVersion[] tiers, BlockCache cache, BlockMap map, BurstDeferral bursts)
    {
        (_tiers, _map, _bursts) = (tiers, map, bursts);
        _pending = [.. tiers.Select((_, index) => new PendingOffers(cache, map, (start, bytes) => TryOffer(index, start, bytes.Span)))];
        ChunkBytes = tiers.Max(static tier => tier.ChunkBytes);
        for (int i = 0; i < tiers.Length; i++)
        {
            tiers[i].Drained = _pending[i].OnDrained;
        }

        map.Victims = this;
    }

    public int Count => _tiers.Length;

    /// <summary>Whether the version was evicted: tiers are neither asked nor filled any more.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>The largest chunk of a tier.</summary>
    public int ChunkBytes { get; }

    public bool AreWanted => _isFilled && Array.Exists(_pending, static pending => pending.HasAny);

    public ITierVersion this[int index] => _tiers[index];

    /// <summary>Closes the version to tiers: what is on its way is not written.</summary>
    public void Close()
    {
        _isClosed = true;
        StopFilling();
    }

    /// <summary>After <see cref="Close"/>: returns when the offers under way, each a copy of 256 KiB or a block at most, have ended.</summary>
    public void WaitForOffers()
    {
        Interlocked.MemoryBarrier();
        var spin = default(SpinWait);
        while (Volatile.Read(ref _offering) != 0)
        {
            spin.SpinOnce();
        }
    }

    /// <summary>What memory holds from now on may be of other credentials than the version's: tiers are asked, and filled no more.</summary>
    public void StopFilling()
    {
        _isFilled = false;
        Array.ForEach(_pending, static pending => pending.Clear());
    }

    /// <summary>Offers whole blocks to the tiers that are faster than the one that has brought them.</summary>
    /// <param name="start">The offset of the first block.</param>
    /// <param name="bytes">The blocks.</param>
    /// <param name="broughtBy">The index of the tier that brought them; <see cref="Count"/> for the origin.</param>
    /// <param name="stayIn">The blocks in memory that they are among and stay, if they do.</param>
    public void Offer(long start, ReadOnlySpan<byte> bytes, int broughtBy, BlockMap? stayIn = null)
    {
        for (int i = 0; i < broughtBy && _isFilled; i++)
        {
            if (stayIn == _map && _tiers[i].PrefersCalm && _bursts.TryDefer(_pending[i], start, start + bytes.Length))
            {
                continue;
            }

            int drains = _pending[i].Drains;
            while (!TryOffer(i, start, bytes) && !_pending[i].TryAdd(start, start + bytes.Length, ref drains))
            {
                // It has room by now.
            }
        }
    }

    public void Take(long start, ReadOnlyMemory<byte> bytes)
    {
        foreach (PendingOffers pending in _pending)
        {
            pending.OfferEvicted(start, bytes);
        }
    }

    /// <summary>Whether a tier is sure to keep all of a range: it was asked for its beginning.</summary>
    public async ValueTask<bool> HaveAllAsync(long start, long end, CancellationToken cancellationToken)
    {
        foreach (ITierVersion tier in _tiers)
        {
            using TierRun? run = _isClosed ? null : await tier.ReadAsync(start, end, cancellationToken).ConfigureAwait(false);
            if (run?.Start == start && tier.FindHeld(start, end, end - start) == start)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>False where a tier has no room at present.</summary>
    private bool TryOffer(int tier, long start, ReadOnlySpan<byte> bytes)
    {
        Interlocked.Increment(ref _offering);
        try
        {
            return !_isFilled || _tiers[tier].Offer(start, bytes);
        }
        catch (Exception)
        {
            // A tier never throws; one that does loses its bytes, and does not keep those that wait for them from being woken.
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _offering);
        }
    }
}
