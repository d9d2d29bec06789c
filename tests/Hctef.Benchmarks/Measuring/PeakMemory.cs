namespace Hctef.Benchmarks.Measuring;

/// <summary>
/// The most memory seen while it runs: growth of the managed heap plus what the block pool has taken from the system, looked at every
/// ten milliseconds. Garbage not yet collected counts.
/// </summary>
internal sealed class PeakMemory : IAsyncDisposable
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

    /// <summary>What is still held once all garbage is collected: the managed heap's growth plus the pool.</summary>
    public long CollectAndGetHeld() => GC.GetTotalMemory(forceFullCollection: true) - _before + _pool();

    /// <summary>Ends once nobody looks any more.</summary>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Look() => Interlocked.Exchange(
        ref _peak,
        Math.Max(Interlocked.Read(ref _peak), GC.GetTotalMemory(forceFullCollection: false) - _before + _pool()));
}
