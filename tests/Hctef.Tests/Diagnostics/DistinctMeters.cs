using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Hctef.Tests.Diagnostics;

/// <summary>
/// Meters of a version of their own. OpenTelemetry takes those that are named alike for one, and forgets it when any of them is disposed
/// (open-telemetry/opentelemetry-dotnet, issue 6412): a test that ends beside would take this one's metrics along.
/// </summary>
internal sealed class DistinctMeters : IMeterFactory
{
    private readonly string _version = Guid.NewGuid().ToString("N");
    private readonly ConcurrentQueue<Meter> _made = new();

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options.Name, _version, options.Tags, scope: this);
        _made.Enqueue(meter);
        return meter;
    }

    public void Dispose()
    {
        foreach (Meter meter in _made)
            meter.Dispose();
    }
}
