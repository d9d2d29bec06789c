using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>Opening a file and reading its last 64 KiB: one round trip.</summary>
internal sealed class OpenTailScenario : WireScenario
{
    private const int ReadBytes = 64 * 1024;
    private const double MostOfDemand = 1.1;
    private const long Offset = ServerFiles.DataBytes - ReadBytes;

    private readonly byte[] _buffer = new byte[ReadBytes];

    public override string Name => "open-tail";

    public override string Title => "Open, and read the last 64 KiB";

    protected override async Task RunAsync(HctefClient client)
    {
        using IRemoteFile file = await client.OpenAsync();
        await file.ReadExactlyAsync(_buffer, Offset);
        SampledCheck.Check(_buffer, Offset);
    }

    protected override async Task RunAsync(RawClient client)
    {
        long length = await client.GetLengthAsync(ServerFiles.Data);
        await client.ReadAsync(ServerFiles.Data, _buffer, length - ReadBytes);
        SampledCheck.Check(_buffer, Offset);
    }

    protected override void Run(LocalFile file) => file.Read(_buffer, Offset);

    protected override double? GetDemand(NetworkProfile network, double connections) =>
        network.Connect + network.Latency + network.Transfer(ReadBytes, 1);

    protected override double? GetOracle(NetworkProfile network) => GetDemand(network, 1);

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        if (result.Demand is { } demand)
            yield return Goal.AtMost("time / demand", result.Hctef!.Seconds / demand, MostOfDemand);
    }
}
