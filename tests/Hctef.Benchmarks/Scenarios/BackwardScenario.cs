using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>64 MiB read backward in pieces of 64 KiB, beside the same read forward.</summary>
internal sealed class BackwardScenario : WireScenario
{
    private const int ReadBytes = 64 * 1024;
    private const int Reads = 1024;
    private const long Start = 64L << 20;
    private const double MostOfForward = 1.5;

    public override string Name => "backward";

    public override string Title => "Backward scan of 64 MiB in 64 KiB reads";

    protected override string Yardstick => "forward";

    protected override bool LongRun => true;

    protected override bool HasLocal => true;

    protected override Task RunAsync(HctefClient client) => ScanAsync(client, static i => Reads - 1 - i);

    protected override Task RunYardstickAsync(HctefClient client) => ScanAsync(client, static i => i);

    protected override async Task RunAsync(RawClient client)
    {
        var buffer = new byte[ReadBytes];
        for (int i = Reads - 1; i >= 0; i--)
            await client.ReadAsync(ServerFiles.Data, buffer, Start + ((long)i * ReadBytes));
    }

    protected override void Run(LocalFile file)
    {
        var buffer = new byte[ReadBytes];
        for (int i = Reads - 1; i >= 0; i--)
            file.Read(buffer, Start + ((long)i * ReadBytes));
    }

    protected override double? GetDemand(NetworkProfile network, double connections) =>
        network.Connect + network.Latency + network.Transfer((long)Reads * ReadBytes, connections);

    protected override double? GetOracle(NetworkProfile network) => GetDemand(network, 8);

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        yield return Goal.AtMost("time / forward", result.Hctef!.Seconds / result.Yardstick!.Seconds, MostOfForward);
    }

    private static async Task ScanAsync(HctefClient client, Func<int, int> order)
    {
        using IRemoteFile file = await client.OpenAsync();
        await using RemoteFileStream stream = file.OpenStream();
        var buffer = new byte[ReadBytes];
        for (int i = 0; i < Reads; i++)
        {
            long offset = Start + ((long)order(i) * ReadBytes);
            stream.Position = offset;
            await stream.ReadExactlyAsync(buffer);
            SampledCheck.Check(buffer, offset);
        }
    }
}
