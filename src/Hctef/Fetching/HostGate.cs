namespace Hctef.Fetching;

/// <summary>
/// Bounds the requests under way to one host. Demand before background, of which two permits are kept free; files in turns; of one file
/// first come, first served.
/// </summary>
/// <remarks>
/// The lock guards the counts, the queues, the limit and every permit's state. No other lock is taken inside it, and those who get a
/// permit are woken outside. Nobody waits while a permit is free for them: every change that frees one grants it under the same lock.
/// </remarks>
internal sealed partial class HostGate(ConcurrencyLimit limit)
{
    private readonly Lock _gate = new();
    private readonly PermitQueue _demand = new();
    private readonly PermitQueue _background = new();
    private int _taken;
    private int _takenByBackground;

    /// <summary>Waits for a permit.</summary>
    public async ValueTask<HostPermit> AcquireAsync(FetchPriority priority, object file, CancellationToken cancellationToken)
    {
        var permit = new HostPermit(this, priority, file);
        await permit.AcquireAsync(cancellationToken).ConfigureAwait(false);
        return permit;
    }

    /// <summary>Gets a permit for a second try if one is free, nobody waits for one, and the host does not push back.</summary>
    public HostPermit? TryAcquireSpare(object file)
    {
        var permit = new HostPermit(this, FetchPriority.Demand, file);
        lock (_gate)
        {
            if (_taken >= limit.Current || _demand.Count + _background.Count > 0 || limit.IsPushedBack)
            {
                return null;
            }

            Grant_NeedsLock(permit);
        }

        return permit;
    }

    /// <summary>Grants a permit if it can be had at once, and queues it if not.</summary>
    internal bool TryGrant(HostPermit permit)
    {
        lock (_gate)
        {
            PermitQueue queue = QueueOf(permit.Priority);
            if (queue.Count == 0 && IsFreeFor(permit.Priority))
            {
                Grant_NeedsLock(permit);
                return true;
            }

            permit.State = PermitState.Waiting;
            permit.Await_NeedsLock();
            queue.Enqueue(permit);
            return false;
        }
    }

    internal void Promote(HostPermit permit)
    {
        HostPermit? granted;
        lock (_gate)
        {
            if (permit.Priority == FetchPriority.Demand || permit.State == PermitState.Returned)
            {
                return;
            }

            permit.Priority = FetchPriority.Demand;
            if (permit.State == PermitState.Waiting)
            {
                _background.Remove(permit);
                _demand.Enqueue(permit);
            }
            else if (permit.State == PermitState.Granted)
            {
                _takenByBackground--;
            }

            granted = GrantFree_NeedsLock();
        }

        Wake(granted);
    }

    internal void Return(HostPermit permit)
    {
        HostPermit? granted;
        lock (_gate)
        {
            PermitState state = permit.State;
            permit.State = PermitState.Returned;
            if (state == PermitState.Waiting)
            {
                QueueOf(permit.Priority).Remove(permit);
            }

            if (state != PermitState.Granted)
            {
                return;
            }

            Judge_NeedsLock(permit);
            _taken--;
            _takenByBackground -= permit.Priority == FetchPriority.Background ? 1 : 0;
            granted = GrantFree_NeedsLock();
        }

        Wake(granted);
    }

    private static void Wake(HostPermit? granted)
    {
        while (granted is not null)
        {
            (HostPermit permit, granted) = (granted, granted.NextGranted);
            permit.NextGranted = null;
            permit.Wake();
        }
    }

    private PermitQueue QueueOf(FetchPriority priority) => priority == FetchPriority.Demand ? _demand : _background;

    private bool IsFreeFor(FetchPriority priority) =>
        priority == FetchPriority.Demand
            ? _taken < limit.MostDemand
            : _taken < limit.Current && _takenByBackground < limit.MostBackground;

    private void Judge_NeedsLock(HostPermit permit)
    {
        if (permit.IsPushedBack)
        {
            limit.PushedBack(permit.Epoch);
        }
        else if (permit.FirstByte is { } firstByte)
        {
            bool isShort = _demand.Count + _background.Count > 0 || _taken >= limit.Current;
            limit.Answered(firstByte, permit.Bytes, isShort, permit.Epoch, _taken);
        }
    }

    /// <summary>Grants what is free to those who wait; they are woken when the lock is free.</summary>
    private HostPermit? GrantFree_NeedsLock()
    {
        HostPermit? last = null;
        while (NextQueue() is { } queue)
        {
            HostPermit permit = queue.Dequeue();
            Grant_NeedsLock(permit);
            permit.NextGranted = last;
            last = permit;
        }

        return last;

        PermitQueue? NextQueue() =>
            _demand.Count > 0 && IsFreeFor(FetchPriority.Demand) ? _demand
            : _background.Count > 0 && _demand.Count == 0 && IsFreeFor(FetchPriority.Background) ? _background
            : null;
    }

    private void Grant_NeedsLock(HostPermit permit)
    {
        permit.State = PermitState.Granted;
        permit.Epoch = limit.Epoch;
        _taken++;
        _takenByBackground += permit.Priority == FetchPriority.Background ? 1 : 0;
    }
}
