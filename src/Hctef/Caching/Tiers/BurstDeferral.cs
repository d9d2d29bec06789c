namespace Hctef.Caching.Tiers;

/// <summary>
/// Leaves what comes in a burst in memory until readers rest, and has it offered to the tiers then: writing beside a burst would take
/// processors and disk from its readers. What memory evicts before that is offered when it goes (<see cref="IVictims"/>).
/// </summary>
/// <remarks>
/// The lock guards who waits and the times; nothing is offered under it. It only says where to look: what is yet to be offered is in
/// <see cref="PendingOffers"/>, where each range is taken once, by whoever comes first. A range is noted there first and its version waits
/// then: so whoever takes the version finds it, and none is left that nobody comes for.
/// </remarks>
internal sealed class BurstDeferral : IDisposable
{
    /// <summary>When nothing has come for so long, readers rest.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(200);

    /// <summary>How long anything is left in memory at most.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly HashSet<PendingOffers> _waiting = [];
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _began;
    private long _last;
    private bool _isClosed;

    public BurstDeferral(TimeProvider time)
    {
        _time = time;

        // The timer must not keep what flows with whoever opened the first file.
        using AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _timer = time.CreateTimer(
            static state => ((BurstDeferral)state!).OfferWhenCalm(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Leaves blocks in memory that are there and cannot be evicted yet.</summary>
    /// <param name="pending">The offers of a version to a tier.</param>
    /// <param name="start">The offset of the first block.</param>
    /// <param name="end">The offset behind the last.</param>
    /// <returns>Whether they need not be offered now.</returns>
    public bool TryDefer(PendingOffers pending, long start, long end)
    {
        try
        {
            return pending.TryDefer(start, end) && TryEnter(pending);
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }

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

    private bool TryEnter(PendingOffers pending)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            _last = _time.GetTimestamp();
            if (_waiting.Count == 0)
            {
                _began = _last;
                _timer.Change(Calm, Timeout.InfiniteTimeSpan);
            }

            _waiting.Add(pending);
            return true;
        }
    }

    private void OfferWhenCalm()
    {
        lock (_gate)
        {
            TimeSpan calm = Calm - _time.GetElapsedTime(_last);
            TimeSpan most = Longest - _time.GetElapsedTime(_began);
            TimeSpan left = calm < most ? calm : most;
            if (_waiting.Count > 0 && left > TimeSpan.Zero)
            {
                _timer.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        try
        {
            OfferAll();
        }
        catch (OutOfMemoryException)
        {
            // Nobody could take this from a timer. What is left waits for who comes next.
        }
    }

    private void OfferAll()
    {
        PendingOffers[] all;
        lock (_gate)
        {
            all = [.. _waiting];
            _waiting.Clear();
        }

        foreach (PendingOffers pending in all)
        {
            pending.OfferAllDeferred();
        }
    }
}
