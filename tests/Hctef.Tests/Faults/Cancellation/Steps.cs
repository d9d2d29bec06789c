namespace Hctef.Tests.Faults.Cancellation;

/// <summary>
/// Counts each moment at which what surrounds the library has control (a handler, a body, the clock), and at one of them does what the
/// test asks: so that every await inside is cancelled by its number, one run after the other.
/// </summary>
internal sealed class Steps(int at, Action act)
{
    private readonly Lock _lock = new();
    private Task _aside = Task.CompletedTask;
    private int _count;
    private bool _hasFired;
    private bool _isArmed;

    /// <summary>Whether the step has come.</summary>
    public bool HasFired
    {
        get
        {
            lock (_lock)
                return _hasFired;
        }
    }

    public void Arm()
    {
        lock (_lock)
            _isArmed = true;
    }

    /// <summary>No step comes any more; completes when what was done aside is done.</summary>
    public Task DisarmAsync()
    {
        lock (_lock)
        {
            _isArmed = false;
            return _aside;
        }
    }

    /// <summary>A step at which users' code runs: it may do anything.</summary>
    public void Take()
    {
        bool acts;
        lock (_lock)
            acts = IsTheOne_NeedsLock();
        if (acts)
            act();
    }

    /// <summary>A step at which locks may be held: what is done comes from another thread.</summary>
    public void TakeAside()
    {
        lock (_lock)
        {
            if (IsTheOne_NeedsLock())
                _aside = Task.Run(act);
        }
    }

    private bool IsTheOne_NeedsLock()
    {
        if (!_isArmed || ++_count != at)
            return false;
        return _hasFired = true;
    }
}
