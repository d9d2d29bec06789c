using System.Diagnostics.Metrics;

namespace Hctef.Diagnostics;

/// <summary>
/// The instruments, for all registrations of a container. What reads count is observed when somebody collects; fetches are told as they
/// begin and end. No tag has more values than there are hosts and registrations. A listener that throws loses what it was told, and
/// nothing else: no fetch depends on it.
/// </summary>
/// <remarks>The lock guards the list of registrations, which is copied when it changes.</remarks>
internal sealed class HctefMetrics
{
    /// <summary>Seconds: OpenTelemetry's for HTTP clients, and more where ranges on near hosts lie.</summary>
    private static readonly double[] Buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30];

    private readonly Lock _gate = new();
    private readonly Histogram<double> _fetchDuration;
    private readonly UpDownCounter<long> _activeFetches;
    private readonly Counter<long> _resumes;
    private IMeasuredRegistration[] _registrations = [];
    private long _lost;

    public HctefMetrics(Meter meter)
    {
        _fetchDuration = meter.CreateHistogram(
            "hctef.fetch.duration",
            "s",
            "Time that fetches of a range took, waiting, retries and resumes included.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });
        _activeFetches = meter.CreateUpDownCounter<long>("hctef.fetch.active", "{fetch}", "Fetches that are waiting or under way.");
        _resumes = meter.CreateCounter<long>("hctef.body.resumes", "{resume}", "Bodies that broke and were resumed at the missing byte.");
        meter.CreateObservableCounter("hctef.block.reads", ReadBlocks, "{block}", "Blocks that reads have entered.");
        meter.CreateObservableCounter("hctef.network.io", () => Observe(static each => each.Totals.BytesFetched, Receive), "By", "Body bytes received.");
        meter.CreateObservableCounter("hctef.cache.evictions", () => Observe(static each => each.CacheEvictions), "{block}", "Blocks evicted.");
        meter.CreateObservableUpDownCounter("hctef.cache.usage", () => Observe(static each => each.CacheUsage), "By", "Memory of cached blocks.");
        meter.CreateObservableUpDownCounter("hctef.cache.limit", () => Observe(static each => each.CacheLimit), "By", "The most memory of cached blocks.");
        meter.CreateObservableCounter("hctef.tier.reads", ReadTiers, "{read}", "Reads of tiers below the memory.");
        meter.CreateObservableCounter("hctef.tier.io", MoveTierBytes, "By", "Bytes read from and written to tiers below the memory.");
        meter.CreateObservableCounter("hctef.tier.dropped", DropTierBytes, "By", "Bytes that were offered to tiers and not written.");
    }

    /// <summary>Measurements whose listener has thrown.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    public bool MeasuresFetches => _fetchDuration.Enabled;

    private static KeyValuePair<string, object?> Receive { get; } = new(TelemetryNames.IoDirection, "receive");

    public void Add(IMeasuredRegistration registration)
    {
        lock (_gate)
        {
            Volatile.Write(ref _registrations, [.. _registrations, registration]);
        }
    }

    public void Remove(IMeasuredRegistration registration)
    {
        lock (_gate)
        {
            Volatile.Write(ref _registrations, [.. _registrations.Where(known => known != registration)]);
        }
    }

    public void FetchBegins(ServerTags server) => Add(_activeFetches, 1, server);

    /// <summary>A fetch has ended.</summary>
    /// <param name="server">Whom it began with.</param>
    /// <param name="seconds">How long it took; null if that was not measured from its beginning.</param>
    /// <param name="error">Why it brought less than it should; null if it did not.</param>
    public void FetchEnds(ServerTags server, double? seconds, string? error)
    {
        Add(_activeFetches, -1, server);
        if (seconds is { } measured)
        {
            Record(measured, server, error);
        }
    }

    public void BodyResumes(ServerTags server)
    {
        try
        {
            _resumes.Add(1, server.Address, server.Port);
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _lost);
        }
    }

    private void Add(UpDownCounter<long> counter, long change, ServerTags server)
    {
        try
        {
            counter.Add(change, server.Address, server.Port);
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _lost);
        }
    }

    private void Record(double seconds, ServerTags server, string? error)
    {
        try
        {
            if (error is null)
            {
                _fetchDuration.Record(seconds, server.Address, server.Port);
            }
            else
            {
                _fetchDuration.Record(seconds, server.Address, server.Port, new(TelemetryNames.ErrorType, error));
            }
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _lost);
        }
    }

    private IEnumerable<Measurement<long>> ReadBlocks()
    {
        foreach (IMeasuredRegistration each in Volatile.Read(ref _registrations))
        {
            BlockReads blocks = each.Totals.Blocks;
            yield return Of(each, blocks.Hits, Result("hit"));
            yield return Of(each, blocks.Misses, Result("miss"));
            yield return Of(each, blocks.Joined, Result("joined"));
        }

        static KeyValuePair<string, object?> Result(string result) => new(TelemetryNames.CacheResult, result);
    }

    private IEnumerable<Measurement<long>> ReadTiers() => ObserveTiers(
        TelemetryNames.TierResult,
        ("hit", static counters => counters.Hits),
        ("miss", static counters => counters.Misses),
        ("rejected", static counters => counters.Rejected),
        ("failed", static counters => counters.Failed));

    private IEnumerable<Measurement<long>> MoveTierBytes() => ObserveTiers(
        TelemetryNames.DiskIoDirection, ("read", static counters => counters.BytesRead), ("write", static counters => counters.BytesWritten));

    private IEnumerable<Measurement<long>> DropTierBytes()
    {
        foreach (IMeasuredRegistration each in Volatile.Read(ref _registrations))
        {
            foreach (MeasuredTier tier in each.MeasuredTiers)
            {
                yield return Of(each, tier.Counters.BytesDropped, new KeyValuePair<string, object?>(TelemetryNames.Tier, tier.Name));
            }
        }
    }

    private IEnumerable<Measurement<long>> ObserveTiers(string tag, params (string Value, Func<TierCounters, long> Count)[] counts)
    {
        foreach (IMeasuredRegistration each in Volatile.Read(ref _registrations))
        {
            foreach (MeasuredTier tier in each.MeasuredTiers)
            {
                foreach ((string value, Func<TierCounters, long> count) in counts)
                {
                    yield return Of(each, count(tier.Counters), new(TelemetryNames.Tier, tier.Name), new(tag, value));
                }
            }
        }
    }

    private IEnumerable<Measurement<long>> Observe(Func<IMeasuredRegistration, long> value, params KeyValuePair<string, object?>[] tags) =>
        [.. Volatile.Read(ref _registrations).Select(each => Of(each, value(each), tags))];

    private static Measurement<long> Of(IMeasuredRegistration registration, long value, params KeyValuePair<string, object?>[] tags) =>
        registration.Name.Length == 0
            ? new Measurement<long>(value, tags)
            : new Measurement<long>(value, [.. tags, new(TelemetryNames.Registration, registration.Name)]);
}
