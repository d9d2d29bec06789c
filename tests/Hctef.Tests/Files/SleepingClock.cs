namespace Hctef.Tests.Files;

/// <summary>
/// A manual clock that tells when somebody goes to sleep: when a timer of less than an hour starts. Transport timeouts are to be longer.
/// </summary>
internal sealed class SleepingClock : TimeProvider
{
    /// <summary>A timeout that is no sleep.</summary>
    public static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private readonly ManualTimeProvider _time = new();
    private readonly SemaphoreSlim _asleep = new(0);
    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _sleeps = [];

    public override long TimestampFrequency => _time.TimestampFrequency;

    /// <summary>How long they sleep, in the order in which they went to sleep.</summary>
    public TimeSpan[] Sleeps
    {
        get
        {
            lock (_gate)
                return [.. _sleeps];
        }
    }

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

    public override long GetTimestamp() => _time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = _time.CreateTimer(callback, state, dueTime, period);
        if (dueTime != Timeout.InfiniteTimeSpan && dueTime < Never)
        {
            lock (_gate)
                _sleeps.Add(dueTime);
            _asleep.Release();
        }

        return timer;
    }

    public void Advance(TimeSpan by) => _time.Advance(by);

    /// <summary>Waits for the next one who goes to sleep, and returns for how long.</summary>
    public async Task<TimeSpan> WhenAsleepAsync()
    {
        Assert.True(await _asleep.WaitAsync(FileRig.HangGuard), "Nobody went to sleep.");
        return Sleeps[^1];
    }

    /// <summary>Wakes each one who goes to sleep, in time, until the work has ended.</summary>
    public async Task WakeUntilAsync(Task work)
    {
        while (!work.IsCompleted)
        {
            using var stop = new CancellationTokenSource();
            Task asleep = _asleep.WaitAsync(stop.Token);
            if (await Task.WhenAny(work, asleep).WaitAsync(FileRig.HangGuard) == asleep)
                Advance(Sleeps[^1]);
            else
                await stop.CancelAsync();
        }

        await work;
    }
}
