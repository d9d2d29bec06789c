namespace Hctef.Benchmarks.Measuring;

/// <summary>
/// The most memory seen while it runs: growth of the managed heap plus what the block pool has taken from the system, looked at every
/// ten milliseconds. Garbage not yet collected counts.
/// </summary>
internal sealed class PeakMemory : IDisposable
{
    private const int Period = 10;

    private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);
    private readonly Func<long> _pool;
    private readonly Timer _timer;
    private long _peak;

    public PeakMemory(Func<long> pool)
    {
        _pool = pool;
        _timer = new Timer(_ => Look(), null, Period, Period);
    }

    public long Bytes
    {
        get
        {
            Look();
            return Interlocked.Read(ref _peak);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Look() => Interlocked.Exchange(
        ref _peak,
        Math.Max(Interlocked.Read(ref _peak), GC.GetTotalMemory(forceFullCollection: false) - _before + _pool()));
}
