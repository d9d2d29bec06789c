using System.Diagnostics.Metrics;
using Hctef.Files;
using Hctef.Tests.Fetching;
using Microsoft.Extensions.Logging.Abstractions;
using HctefMetrics = Hctef.Diagnostics.HctefMetrics;

namespace Hctef.Tests.Diagnostics;

/// <summary>What is told of the tiers below the memory: their own counts, each once, under their names.</summary>
public sealed class TierMetricsTests : IDisposable
{
    private readonly DistinctMeters _meters = new();
    private readonly StubOrigin _origin = new(FetchRig.BlockBytes);
    private readonly FakeTier _fast = new(FetchRig.BlockBytes) { Name = "disk" };
    private readonly FakeTier _slow = new(FetchRig.BlockBytes) { Name = "distributed" };

    public void Dispose()
    {
        _meters.Dispose();
        _origin.Dispose();
    }

    [Fact]
    public void Every_count_is_told_with_the_name_of_its_tier()
    {
        using FetchRig rig = FetchRig.Create(_origin, FetchRig.OptionsOf(blocks: 4));
        var metrics = new HctefMetrics(_meters.Create(new MeterOptions(HctefDiagnostics.MeterName)));
        using HctefEngine engine = new(
            "archive", "test", new HctefOptions(), rig, TimeProvider.System, NullLoggerFactory.Instance, metrics, tiers: [_fast, _slow]);
        _fast.Counters.CountHit(100);
        _fast.Counters.CountHit(20);
        _fast.Counters.CountMiss();
        _fast.Counters.CountRejected();
        _fast.Counters.CountRejected();
        _fast.Counters.CountRejected();
        _fast.Counters.CountWritten(7);
        _slow.Counters.CountFailed();
        _slow.Counters.CountDropped(9);

        Assert.Equal(
            [
                "hctef.tier.dropped By disk = 0",
                "hctef.tier.dropped By distributed = 9",
                "hctef.tier.io By disk read = 120",
                "hctef.tier.io By disk write = 7",
                "hctef.tier.io By distributed read = 0",
                "hctef.tier.io By distributed write = 0",
                "hctef.tier.reads {read} disk failed = 0",
                "hctef.tier.reads {read} disk hit = 2",
                "hctef.tier.reads {read} disk miss = 1",
                "hctef.tier.reads {read} disk rejected = 3",
                "hctef.tier.reads {read} distributed failed = 1",
                "hctef.tier.reads {read} distributed hit = 0",
                "hctef.tier.reads {read} distributed miss = 0",
                "hctef.tier.reads {read} distributed rejected = 0",
            ],
            Collect());

        engine.Dispose();
        Assert.Empty(Collect());
    }

    /// <summary>What the instruments of tiers tell, in order; the registration's name is checked on the way.</summary>
    private List<string> Collect()
    {
        List<string> told = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Scope == _meters && instrument.Name.StartsWith("hctef.tier.", StringComparison.Ordinal))
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var byName = new Dictionary<string, object?>(tags.ToArray());
            Assert.True(byName.Remove("hctef.name", out object? registration));
            Assert.Equal("archive", registration);
            Assert.True(byName.Remove("hctef.tier", out object? tier));
            string rest = string.Concat(byName.Select(static tag =>
            {
                Assert.Contains(tag.Key, (string[])["hctef.tier.result", "disk.io.direction"]);
                return $" {tag.Value}";
            }));
            told.Add($"{instrument.Name} {instrument.Unit} {tier}{rest} = {value}");
        });
        listener.Start();
        listener.RecordObservableInstruments();
        told.Sort(StringComparer.Ordinal);
        return told;
    }
}
