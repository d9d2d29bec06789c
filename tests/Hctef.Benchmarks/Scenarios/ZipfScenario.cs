using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>20,000 reads one by one, most of them of few blocks: what is cached pays, and each block is fetched once.</summary>
internal sealed class ZipfScenario : WireScenario
{
    private const int Reads = 20_000;
    private const double MostOfDemand = 1.08;

    private readonly ZipfOffsets _reads = new(Reads);

    public override string Name => "zipf";

    public override string Title => "20,000 Zipf-skewed random 4 KiB reads one by one";

    public override IReadOnlyList<string> Networks => ["L0", "L10"];

    protected override bool LongRun => true;

    private long DistinctBytes => (long)_reads.DistinctBlocks * HctefDefaults.BlockBytes;

    /// <summary>Without a cache each read costs its latency: 200 seconds, which nobody need wait for.</summary>
    protected override bool HasHttpClient(NetworkProfile network) => !network.IsShaped;

    protected override async Task RunAsync(HctefClient client)
    {
        using IRemoteFile file = await client.OpenAsync(configure: static options => options.PrefetchBytes = 0);
        var buffer = new byte[ZipfOffsets.ReadBytes];
        foreach (long offset in _reads.Offsets)
        {
            await file.ReadExactlyAsync(buffer, offset);
            SampledCheck.Check(buffer, offset);
        }
    }

    protected override async Task RunAsync(RawClient client)
    {
        var buffer = new byte[ZipfOffsets.ReadBytes];
        foreach (long offset in _reads.Offsets)
            await client.ReadAsync(ServerFiles.Data, buffer, offset);
    }

    protected override void Run(LocalFile file)
    {
        var buffer = new byte[ZipfOffsets.ReadBytes];
        foreach (long offset in _reads.Offsets)
            file.Read(buffer, offset);
    }

    protected override double? GetDemand(NetworkProfile network, double connections) =>
        network.Connect + (_reads.DistinctBlocks * network.Latency) + network.Transfer(DistinctBytes, 1);

    protected override double? GetOracle(NetworkProfile network) =>
        network.Connect + network.Latency + network.Transfer(DistinctBytes, 8);

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        if (result.Demand is { } demand)
            yield return Goal.AtMost("time / demand", result.Hctef!.Seconds / demand, MostOfDemand);
        // The opening asks for a byte that it does not keep.
        yield return Goal.AtMost("requests / distinct blocks", (result.Hctef!.Requests - 1) / _reads.DistinctBlocks, 1);
    }
}
