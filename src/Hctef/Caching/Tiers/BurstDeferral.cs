namespace Hctef.Caching.Tiers;

/// <summary>
/// Leaves what comes in a burst in memory until readers rest, and has it offered to the tiers then: writing beside a burst would take
/// processors and disk from its readers. Memory can spare that while it fills for the first time, and for half of its size more. When it
/// has little room left the oldest are offered, before memory is taken for others, so that they are offered before they are evicted. What
/// the tier has no room for then may be lost to it: nobody waits for its writing.
/// </summary>
/// <remarks>
/// The lock guards the queue and the times; nothing is offered under it. The queue only says where to look: what is yet to be offered is
/// in <see cref="PendingOffers"/>, where each range is taken once, by whoever comes first. A range is noted there first and
/// then enters the queue: so whoever takes it from the queue finds it, and none is left that nobody comes for. Memory evicts new blocks
/// in the order in which they came (<see cref="S3Fifo"/>), and the queue has the same, but for what many requests bring at once and a reader
/// passes one after the other: for that the lead makes up. A position in the queue is the count of evictions at which the block goes, if
/// nothing older was there.
/// </remarks>
internal sealed class BurstDeferral : IDisposable
{
    /// <summary>The oldest are offered with what lies around them, so that neighbours are written together.</summary>
    private const int AreaBytes = 4 * 1024 * 1024;

    /// <summary>As many times the bytes that come are offered at most: nobody who comes has to offer all for those who come later.</summary>
    private const int MostTimes = 2;

    /// <summary>Offers are ahead of evictions by this part of the memory.</summary>
    private const int LeadPart = 32;

    /// <summary>When nothing has come for so long, readers rest.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(200);

    /// <summary>How long anything is left in memory at most.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Queue<Entry> _queue = new();
    private readonly BlockCache _cache;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _began;
    private long _last;
    private long _position;
    private long _entered;
    private bool _isClosed;

    public BurstDeferral(BlockCache cache, TimeProvider time)
    {
        (_cache, _time) = (cache, time);

        // The timer must not keep what flows with whoever opened the first file.
        using AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _timer = time.CreateTimer(
            static state => ((BurstDeferral)state!).OfferWhenCalm(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private long CapacityBytes => (long)_cache.Capacity * _cache.BlockBytes;

    private long EvictedBytes => _cache.Evictions * _cache.BlockBytes;

    /// <summary>Leaves blocks that are in memory there, where it has room to spare; offers older ones where it has little.</summary>
    /// <param name="pending">The offers of a version to a tier.</param>
    /// <param name="start">The offset of the first block.</param>
    /// <param name="end">The offset behind the last.</param>
    /// <returns>Whether they need not be offered now.</returns>
    public bool TryDefer(PendingOffers pending, long start, long end)
    {
        bool isDeferred = EvictedBytes < CapacityBytes / 2 && pending.TryDefer(start, end) && TryEnter(pending, start, end);
        MakeRoom(0, MostTimes * (end - start));
        return isDeferred;
    }

    /// <summary>Offers what may have to give way to so many bytes, before memory is taken for them.</summary>
    public void MakeRoom(long bytes) => MakeRoom(bytes, MostTimes * bytes);

    /// <summary>Defers nothing more, and offers all that is left.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        _timer.Dispose();
        OfferAll();
    }

    private void MakeRoom(long bytes, long enough)
    {
        long free = CapacityBytes - _cache.PoolBytes;
        OfferOldest(EvictedBytes + bytes + (CapacityBytes / LeadPart) - free, enough);
    }

    private bool TryEnter(PendingOffers pending, long start, long end)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            _last = _time.GetTimestamp();
            if (_queue.Count == 0)
            {
                _began = _last;
                _position = EvictedBytes;
                _timer.Change(Calm, Timeout.InfiniteTimeSpan);
            }

            _queue.Enqueue(new Entry(pending, start, _position, _entered++));
            _position += end - start;
            return true;
        }
    }

    /// <summary>Offers what is before a position, the oldest first.</summary>
    private void OfferOldest(long due, long enough)
    {
        while (enough > 0 && TryPeek(due, out Entry oldest))
        {
            long area = oldest.Start - (oldest.Start % AreaBytes);
            long end = Math.Max(area + AreaBytes, oldest.Start + _cache.BlockBytes);
            long offered = oldest.Pending.OfferDeferred(area, end, enough, out bool hasRoom);
            if (!hasRoom)
            {
                return;
            }

            if (offered < enough)
            {
                Remove(oldest);
            }

            enough -= offered;
        }
    }

    private bool TryPeek(long due, out Entry oldest)
    {
        oldest = default;
        if (due <= 0)
        {
            return false;
        }

        lock (_gate)
        {
            return _queue.TryPeek(out oldest) && oldest.Position < due;
        }
    }

    private void Remove(Entry oldest)
    {
        lock (_gate)
        {
            if (_queue.TryPeek(out Entry first) && first.Number == oldest.Number)
            {
                _queue.Dequeue();
            }
        }
    }

    private void OfferWhenCalm()
    {
        lock (_gate)
        {
            TimeSpan calm = Calm - _time.GetElapsedTime(_last);
            TimeSpan most = Longest - _time.GetElapsedTime(_began);
            TimeSpan left = calm < most ? calm : most;
            if (_queue.Count > 0 && left > TimeSpan.Zero)
            {
                _timer.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        OfferAll();
    }

    private void OfferAll()
    {
        HashSet<PendingOffers> all;
        lock (_gate)
        {
            all = [.. _queue.Select(static entry => entry.Pending)];
            _queue.Clear();
        }

        foreach (PendingOffers pending in all)
        {
            pending.OfferAllDeferred();
        }
    }

    /// <summary>Where to look; the number tells it from one that came since, for the same and at the same position.</summary>
    private readonly record struct Entry(PendingOffers Pending, long Start, long Position, long Number);
}
