namespace Hctef.Fetching;

/// <summary>
/// The rates of the last 16 bodies of one kind, none older than a minute when the last came. Their median is the estimate: one that
/// stalled, or that lay in the socket's buffer before it was read, does not move it. One writer at a time; the two results are read
/// without a lock.
/// </summary>
internal sealed class RateWindow(TimeProvider time)
{
    private const int MaxSamples = 16;

    /// <summary>A newly seen body counts for an eighth of the average number of them.</summary>
    private const double NewShare = 1.0 / 8;

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    private readonly Queue<(long Taken, double Rate)> _byAge = new(MaxSamples);
    private long _lastTaken;
    private double _bytesPerSecond;
    private double _parallel;

    public double BytesPerSecond => Volatile.Read(ref _bytesPerSecond);

    /// <summary>How many bodies came at once, on average.</summary>
    public double Parallel => Volatile.Read(ref _parallel);

    /// <summary>How long ago the last body came; the writer's.</summary>
    public TimeSpan Age => time.GetElapsedTime(_lastTaken);

    public void Add(double parallel, double bytesPerSecond)
    {
        while (_byAge.TryPeek(out (long Taken, double Rate) oldest)
            && (_byAge.Count == MaxSamples || time.GetElapsedTime(oldest.Taken) > MaxAge))
        {
            _byAge.Dequeue();
        }

        bool isFirst = _byAge.Count == 0;
        _lastTaken = time.GetTimestamp();
        _byAge.Enqueue((_lastTaken, bytesPerSecond));
        Span<double> sorted = stackalloc double[MaxSamples];
        int count = 0;
        foreach ((_, double rate) in _byAge)
        {
            sorted[count++] = rate;
        }

        sorted = sorted[..count];
        sorted.Sort();
        Volatile.Write(ref _parallel, isFirst ? parallel : _parallel + ((parallel - _parallel) * NewShare));
        Volatile.Write(ref _bytesPerSecond, sorted[(count - 1) / 2]);
    }
}
