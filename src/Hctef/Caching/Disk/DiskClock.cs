namespace Hctef.Caching.Disk;

/// <summary>
/// The two clocks of the tier. What lies on the disk has times of the machine's clock, which may be set; they are looked at once, when a
/// file is found, and from then on only the one counts that never goes back.
/// </summary>
internal sealed class DiskClock(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();

    /// <summary>The time since the tier began; it never goes back.</summary>
    public TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>The machine's clock.</summary>
    public DateTimeOffset Wall => time.GetUtcNow();

    /// <summary>How long ago a time on the disk was; zero if it lies ahead.</summary>
    public TimeSpan AgeOf(DateTimeOffset moment)
    {
        TimeSpan age = Wall - moment;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }
}
