namespace Hctef.Fetching;

/// <summary>
/// The rates of the last 16 bodies of one kind. Their median is the estimate: one that stalled, or that lay in the socket's buffer before
/// it was read, does not move it. One writer at a time; the two results are read without a lock.
/// </summary>
internal sealed class RateWindow
{
    private const int MaxSamples = 16;

    /// <summary>A newly seen body counts for an eighth of the average number of them.</summary>
    private const double NewShare = 1.0 / 8;

    private readonly double[] _rates = new double[MaxSamples];
    private int _count;
    private int _next;
    private double _bytesPerSecond;
    private double _parallel;

    public double BytesPerSecond => Volatile.Read(ref _bytesPerSecond);

    /// <summary>How many bodies came at once, on average.</summary>
    public double Parallel => Volatile.Read(ref _parallel);

    public void Add(double parallel, double bytesPerSecond)
    {
        bool isFirst = _count == 0;
        _rates[_next] = bytesPerSecond;
        _next = (_next + 1) % MaxSamples;
        int count = _count = Math.Min(_count + 1, MaxSamples);
        Span<double> sorted = stackalloc double[MaxSamples];
        _rates.AsSpan(0, count).CopyTo(sorted);
        sorted = sorted[..count];
        sorted.Sort();
        Volatile.Write(ref _parallel, isFirst ? parallel : _parallel + ((parallel - _parallel) * NewShare));
        Volatile.Write(ref _bytesPerSecond, sorted[(count - 1) / 2]);
    }
}
