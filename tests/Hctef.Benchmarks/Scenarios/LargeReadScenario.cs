using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>One read of 8 MiB as the first after opening, beside 8 range requests at once.</summary>
internal sealed class LargeReadScenario : WireScenario
{
    private const int ReadBytes = 8 << 20;
    private const int RawRequests = 8;
    private const long Offset = 100L << 20;

    private readonly byte[] _buffer = new byte[ReadBytes];

    public override string Name => "read8m";

    public override string Title => "One 8 MiB read right after opening";

    protected override async Task RunAsync(HctefClient client)
    {
        using IRemoteFile file = await client.OpenAsync();
        await file.ReadExactlyAsync(_buffer, Offset);
        SampledCheck.Check(_buffer, Offset);
    }

    protected override async Task RunAsync(RawClient client)
    {
        await client.GetLengthAsync(ServerFiles.Data);
        const int part = ReadBytes / RawRequests;
        await Task.WhenAll(Enumerable.Range(0, RawRequests).Select(
            i => client.ReadAsync(ServerFiles.Data, _buffer.AsMemory(i * part, part), Offset + (i * part))));
        SampledCheck.Check(_buffer, Offset);
    }

    protected override void Run(LocalFile file) => file.Read(_buffer, Offset);

    protected override double? GetDemand(NetworkProfile network, double connections) =>
        network.Connect + (2 * network.Latency) + network.Transfer(ReadBytes, connections);

    protected override double? GetOracle(NetworkProfile network) =>
        network.Connect + network.Latency + network.Transfer(ReadBytes, 8);

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        if (string.Equals(network.Name, "L10", StringComparison.Ordinal))
            yield return Goal.AtMost("time / oracle", result.Hctef!.Seconds / result.Oracle!.Value, 1.3);
        if (string.Equals(network.Name, "L50", StringComparison.Ordinal))
        {
            double bound = (2 * (network.Connect + network.Latency)) + network.Transfer(ReadBytes, 16);
            yield return Goal.AtMost("time / (2 x (connect + latency) + bytes over 16)", result.Hctef!.Seconds / bound, 1.15);
        }
    }
}
