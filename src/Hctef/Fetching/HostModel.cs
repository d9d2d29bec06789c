namespace Hctef.Fetching;

/// <summary>
/// How fast a host answers and sends: what gaps, pieces, windows and limits are computed from. What has not been measured yet is assumed
/// (<see cref="HctefDefaults"/>). Its lock guards the samples, one of each kind a request; results are single values read without it.
/// </summary>
internal sealed class HostModel(TimeProvider time) : IHostCosts
{
    /// <summary>A body of fewer bytes tells nothing about how fast bodies come.</summary>
    public const int MinBodyBytes = 64 * 1024;

    /// <summary>How many samples make a high percentile worth trusting.</summary>
    public const int MinSamplesOfTail = 20;

    private const long MinGapBytes = 16 * 1024;
    private const long MaxGapBytes = 4 * 1024 * 1024;
    private const long MinPieceBytes = 256 * 1024;
    private const long MaxPieceBytes = 8 * 1024 * 1024;
    private const long MinDrainBytes = 64 * 1024;
    private const long MaxDrainBytes = 1024 * 1024;
    private const double MaxBytesPerSecond = 10e9;

    private readonly Lock _gate = new();
    private readonly LatencyWindow _firstBytes = new(time);
    private readonly BodyRates _rates = new(time);
    private long _latencyTicks;
    private long _tailTicks;
    private int _bodies;
    private double _bodySeconds;
    private long _bodiesChanged = time.GetTimestamp();

    /// <summary>
    /// From a request to the headers of its reply, redirects included: the 20th percentile, so that the few requests that had to connect
    /// first do not count.
    /// </summary>
    public TimeSpan Latency => MeasuredLatency ?? HctefDefaults.AssumedLatency;

    public TimeSpan? MeasuredLatency => Volatile.Read(ref _latencyTicks) is > 0 and long ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>The 95th percentile of the time to first byte; null while too few are known.</summary>
    public TimeSpan? TailLatency => Volatile.Read(ref _tailTicks) is > 0 and long ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>Body bytes per second of one more reply, beside those that are coming now.</summary>
    public double BytesPerSecond => MeasuredBytesPerSecond ?? HctefDefaults.AssumedBytesPerSecond;

    public double? MeasuredBytesPerSecond => _rates.BytesPerSecondOf(Volatile.Read(ref _bodies) + 1);

    /// <summary>A hole of no more than this costs less to fetch than another request.</summary>
    public long GapBytes => (long)Math.Clamp(BytesPerLatency, MinGapBytes, MaxGapBytes);

    /// <summary>The size of the requests that a long range is split into.</summary>
    public long PieceBytes => (long)Math.Clamp(4 * BytesPerLatency, MinPieceBytes, MaxPieceBytes);

    /// <summary>Below it the overhead of a request shows.</summary>
    public long SmallestPieceBytes => MinPieceBytes;

    /// <inheritdoc/>
    /// <remarks>The least there is until the host has been measured.</remarks>
    public long DrainBytes => MeasuredLatency is not null && MeasuredBytesPerSecond is not null
        ? (long)Math.Clamp(BytesPerLatency, MinDrainBytes, MaxDrainBytes)
        : MinDrainBytes;

    private double BytesPerLatency => ((IHostCosts)this).BytesPerLatency;

    /// <inheritdoc cref="BodyRates.GrowWith"/>
    public bool? RatesGrowWith(int parallel) => _rates.GrowWith(parallel);

    /// <summary>Notes how long the headers of an accepted reply took.</summary>
    public void AddFirstByte(TimeSpan after)
    {
        if (after <= TimeSpan.Zero)
        {
            // The clock has not moved: nothing was measured.
            return;
        }

        lock (_gate)
        {
            _firstBytes.Add(after);
            Volatile.Write(ref _latencyTicks, _firstBytes.Percentile(20));
            Volatile.Write(ref _tailTicks, _firstBytes.Count < MinSamplesOfTail ? 0 : _firstBytes.Percentile(95));
        }
    }

    /// <summary>A body begins to come; <see cref="BodyTime.End"/> is called when it has ended in whatever way.</summary>
    public BodyTime BeginBody()
    {
        lock (_gate)
        {
            ChangeBodies_NeedsLock(1);
            return new BodyTime(this, _bodiesChanged, _bodySeconds);
        }
    }

    /// <summary>Ends a body and notes how fast it came, unless it tells nothing.</summary>
    internal void EndBody(long begun, double bodySecondsThen, long bytes, bool isMeasure)
    {
        lock (_gate)
        {
            ChangeBodies_NeedsLock(-1);
            double seconds = time.GetElapsedTime(begun, _bodiesChanged).TotalSeconds;
            if (isMeasure && bytes >= MinBodyBytes && seconds > 0)
            {
                _rates.Add_NeedsLock((_bodySeconds - bodySecondsThen) / seconds, Math.Min(bytes / seconds, MaxBytesPerSecond));
            }
        }
    }

    private void ChangeBodies_NeedsLock(int change)
    {
        long now = time.GetTimestamp();
        _bodySeconds += _bodies * time.GetElapsedTime(_bodiesChanged, now).TotalSeconds;
        _bodiesChanged = now;
        Volatile.Write(ref _bodies, _bodies + change);
    }
}
