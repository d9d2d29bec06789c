namespace Hctef.Tests.Caching.Disk;

/// <summary>Time as it goes on, and beside it a clock on the wall that somebody sets, or that is another.</summary>
internal sealed class SetClock(TimeProvider time, TimeProvider? wall = null) : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => (wall ?? time).GetUtcNow() + Shift;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
