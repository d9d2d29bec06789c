namespace Hctef.Tests.Faults.Cancellation;

/// <summary>The system's clock, every use of which is a step.</summary>
internal sealed class SteppingTime(Steps steps) : TimeProvider
{
    public override long GetTimestamp()
    {
        steps.TakeAside();
        return base.GetTimestamp();
    }

    public override DateTimeOffset GetUtcNow()
    {
        steps.TakeAside();
        return base.GetUtcNow();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        steps.TakeAside();
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
