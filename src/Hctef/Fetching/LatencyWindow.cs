namespace Hctef.Fetching;

/// <summary>
/// The last times to first byte of a host, at most 64 and none older than a minute when the last came; kept sorted for percentiles. Its
/// owner's lock guards it.
/// </summary>
internal sealed class LatencyWindow(TimeProvider time)
{
    private const int MaxSamples = 64;

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    private readonly Queue<(long Taken, long Ticks)> _byAge = new(MaxSamples);
    private readonly List<long> _sorted = new(MaxSamples);

    public int Count => _sorted.Count;

    public void Add(TimeSpan sample)
    {
        while (_byAge.TryPeek(out (long Taken, long Ticks) oldest)
            && (_byAge.Count == MaxSamples || time.GetElapsedTime(oldest.Taken) > MaxAge))
        {
            _byAge.Dequeue();
            _sorted.RemoveAt(_sorted.BinarySearch(oldest.Ticks));
        }

        _byAge.Enqueue((time.GetTimestamp(), sample.Ticks));
        int place = _sorted.BinarySearch(sample.Ticks);
        _sorted.Insert(place < 0 ? ~place : place, sample.Ticks);
    }

    /// <summary>The sample below which a percentage of all lie; there must be one.</summary>
    public long Percentile(int percent) => _sorted[(_sorted.Count - 1) * percent / 100];
}
