namespace Hctef.Tests.Faults.Cancellation;

/// <summary>
/// Counts each moment at which what surrounds the library has control (a handler, a body, the clock), and at one of them does what the
/// test asks: so that every await inside is cancelled by its number, one run after the other.
/// </summary>
internal sealed class Steps(int at, Action act)
{
    private int _count;
    private int _hasFired;
    private volatile bool _isArmed;

    /// <summary>Whether the step has come.</summary>
    public bool HasFired => Volatile.Read(ref _hasFired) == 1;

    public void Arm() => _isArmed = true;

    public void Disarm() => _isArmed = false;

    /// <summary>A step at which users' code runs: it may do anything.</summary>
    public void Take()
    {
        if (IsTheOne())
            act();
    }

    /// <summary>A step at which locks may be held: what is done comes from another thread.</summary>
    public void TakeAside()
    {
        if (IsTheOne())
            ThreadPool.UnsafeQueueUserWorkItem(static act => act(), act, preferLocal: false);
    }

    private bool IsTheOne() => _isArmed && Interlocked.Increment(ref _count) == at && Interlocked.Exchange(ref _hasFired, 1) == 0;
}
