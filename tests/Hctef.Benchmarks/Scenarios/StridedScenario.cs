using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>16 KiB of every 64 KiB, forward over 128 MiB.</summary>
internal sealed class StridedScenario : WireScenario
{
    private const int ReadBytes = 16 * 1024;
    private const int Stride = 64 * 1024;
    private const long SpanBytes = 128L << 20;
    private const double MostOfSpan = 1.3;

    public override string Name => "strided";

    public override string Title => "Strided scan: 16 KiB of every 64 KiB over 128 MiB";

    protected override bool LongRun => true;

    protected override async Task RunAsync(HctefClient client)
    {
        using IRemoteFile file = await client.OpenAsync();
        await using RemoteFileStream stream = file.OpenStream();
        var buffer = new byte[ReadBytes];
        for (long offset = 0; offset < SpanBytes; offset += Stride)
        {
            stream.Position = offset;
            await stream.ReadExactlyAsync(buffer);
            SampledCheck.Check(buffer, offset);
        }
    }

    protected override async Task RunAsync(RawClient client)
    {
        var buffer = new byte[ReadBytes];
        for (long offset = 0; offset < SpanBytes; offset += Stride)
        {
            await client.ReadAsync(ServerFiles.Data, buffer, offset);
            SampledCheck.Check(buffer, offset);
        }
    }

    protected override void Run(LocalFile file)
    {
        var buffer = new byte[ReadBytes];
        for (long offset = 0; offset < SpanBytes; offset += Stride)
            file.Read(buffer, offset);
    }

    protected override double? GetDemand(NetworkProfile network, double connections) =>
        network.Connect + network.Latency + network.Transfer(SpanBytes / Stride * ReadBytes, connections);

    protected override double? GetOracle(NetworkProfile network) => GetDemand(network, 8);

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        if (!network.IsShaped)
            yield break;
        double bound = network.Connect + network.Latency + network.Transfer(SpanBytes, 8);
        yield return Goal.AtMost("time / (latency + span bytes over 8)", result.Hctef!.Seconds / bound, MostOfSpan);
    }
}
