namespace Hctef.Fetching;

/// <content>What becomes of a fetch that nobody wants any more: it is dropped, or received to its end to save its connection.</content>
internal sealed partial class BlockFetch
{
    /// <summary>Ends a drain that takes too long; null until the first one. Under <see cref="_gate"/>.</summary>
    private ITimer? _drain;

    /// <summary>A request that broke while it was drained for nobody is not sent again, nor waited with.</summary>
    public bool EndsUnwanted()
    {
        lock (_gate)
        {
            if (_interest == 0 && !_detached)
            {
                Detach_NeedsLock();
            }

            return _detached;
        }
    }

    private bool IsWorthKeeping(bool satisfied)
    {
        // What a satisfied reader leaves over was asked to make the request worth its while: that much is kept.
        long missing = End - _filled;
        long drain = _source.Host.Costs.DrainBytes;
        if (missing > (satisfied ? Math.Max(drain, _source.MinimumRequestBytes) : drain))
        {
            return false;
        }

        // What waits for a permit or to be asked again costs nothing to give up, however little it is.
        return missing == 0 || !_transfer.TryStopWaiting();
    }

    /// <summary>
    /// A drain saves a connection, and is worth no more. What takes twice the time that it should, from the request on, may be a host that
    /// never answers, or a trickle: permit and memory are others' then. What a satisfied reader leaves over is worth its time: it is the
    /// minimum of a request, and the body that brought the reader's bytes.
    /// </summary>
    private void BoundDrain_NeedsLock(bool satisfied)
    {
        if (satisfied)
        {
            _drain?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        IHostCosts costs = _source.Host.Costs;
        double seconds = 2 * (costs.Latency.TotalSeconds + (costs.DrainBytes / costs.BytesPerSecond));
        TimeSpan most = TimeSpan.FromSeconds(
            Math.Clamp(seconds, HctefDefaults.LeastDrainTime.TotalSeconds, HctefDefaults.MostDrainTime.TotalSeconds));
        _drain ??= _source.Network.Time.CreateTimer(
            static fetch => ((BlockFetch)fetch!).GiveUpDrain(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _drain.Change(most, Timeout.InfiniteTimeSpan);
    }

    private void GiveUpDrain()
    {
        // Somebody may want it again by now.
        if (EndsUnwanted())
        {
            _transfer.Stop();
        }
    }

    private void EndDrain()
    {
        lock (_gate)
        {
            _drain?.Dispose();
        }
    }

    private void Detach_NeedsLock()
    {
        _detached = true;
        _source.Cache.Abandon(_source.Map, _firstBlock + _published, _firstBlock + _slots.Length, _load);
    }
}
