using System.Runtime.CompilerServices;

namespace Hctef.Http;

/// <summary>
/// Gives up a pending receive that is silent for too long, or that its caller cancels, and awaits its end: its buffer is free when
/// the watch returns. One receive at a time; what gave one up ends all.
/// </summary>
/// <remarks>
/// <see cref="_state"/> is shared with the timer and the caller's cancellation: the number of the pending receive (from 1), or one
/// of the states below. Whoever moves it away from that number by compare-and-swap decides how the receive ends. A timer that runs
/// late cannot hit a later receive, which has another number.
/// </remarks>
internal sealed class ReceiveWatch(TimeSpan idleTimeout, TimeProvider time) : IDisposable
{
    private const long Resting = 0;
    private const long Idle = -1;
    private const long Cancelled = -2;

    // Not disposed: a late timer may still cancel it, and it holds neither a timer nor a wait handle.
    private readonly CancellationTokenSource _stop = new();
    private ITimer? _timer;
    private long _number;
    private long _since;
    private long _state;

    /// <summary>What every receive listens to.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Called when a pending receive was cancelled; it may not have ended yet.</summary>
    public Action? OnGivenUp { get; set; }

    /// <summary>How long receives were pending since this was set to zero; what the reader does between them does not count.</summary>
    public TimeSpan Waited { get; set; }

    public bool IsTimedOut => Volatile.Read(ref _state) == Idle;

    /// <summary>Lets no further receive begin.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Awaits a receive that did not complete at once.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> AwaitAsync(ValueTask<int> receive, CancellationToken cancellationToken)
    {
        long number = ++_number;
        Volatile.Write(ref _since, time.GetTimestamp());
        Interlocked.CompareExchange(ref _state, number, Resting);
        _timer ??= time.CreateTimer(
            static watch => ((ReceiveWatch)watch!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(idleTimeout, Timeout.InfiniteTimeSpan);
        CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(static watch => ((ReceiveWatch)watch!).OnCancelled(), this);
        try
        {
            return await receive.ConfigureAwait(false);
        }
        finally
        {
            // The timer stays armed: it does nothing while no receive is pending, and the next one that is arms it anew.
            await registration.DisposeAsync().ConfigureAwait(false);
            Interlocked.CompareExchange(ref _state, Resting, number);
            Waited += time.GetElapsedTime(Volatile.Read(ref _since));
        }
    }

    /// <summary>Stops the timer. No receive may be pending.</summary>
    public void Dispose() => _timer?.Dispose();

    private void OnTimer()
    {
        long number = Volatile.Read(ref _state);
        TimeSpan rest = idleTimeout - time.GetElapsedTime(Volatile.Read(ref _since));
        if (rest <= TimeSpan.Zero)
        {
            GiveUp(number, Idle);
        }
        else if (number > Resting)
        {
            // Early: the timer is less exact than the clock, or it ran late and a later receive is pending by now.
            _timer!.Change(rest, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnCancelled() => GiveUp(Volatile.Read(ref _state), Cancelled);

    private void GiveUp(long number, long cause)
    {
        if (number > Resting && Interlocked.CompareExchange(ref _state, cause, number) == number)
        {
            OnGivenUp?.Invoke();
            _stop.Cancel();
        }
    }
}
