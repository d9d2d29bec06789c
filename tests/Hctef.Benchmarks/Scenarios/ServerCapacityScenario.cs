using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>
/// Whether the server can do what its network promises: 256 MiB as 16 ranges at once by raw HttpClient. On a shaped network this must
/// come near the bound, else the server or the machine is what the other scenarios measure.
/// </summary>
internal sealed class ServerCapacityScenario : Scenario
{
    private const int Connections = 16;
    private const int ReadBytes = 64 * 1024;
    private const double MostOfBound = 1.15;

    public override string Name => "server";

    public override string Title => $"The server alone: 256 MiB as {Connections} ranges at once";

    public override IReadOnlyList<string> Networks => ["L0", "T0", "L10", "L50", "S20"];

    public override async Task<ScenarioResult> RunAsync(RunContext context, NetworkProfile network)
    {
        ServerProcess server = await context.GetServerAsync(network);
        var runs = new List<RunMeasurement>();
        for (int run = 0; run < context.Settings.Runs; run++)
        {
            runs.Add(await WireMeasurement.OfRawAsync(
                server, client => Task.WhenAll(Enumerable.Range(0, Connections).Select(part => ReadPartAsync(client, part)))));
        }

        var result = new ScenarioResult(Name, Title, network.Name) { HttpClient = ClientResult.Of(runs) };
        if (!network.IsShaped)
            return result;
        double bound = network.Connect + network.Latency + network.Transfer(ServerFiles.DataBytes, Connections);
        return result with
        {
            Demand = bound,
            Goals = [Goal.AtMost("time / bound", result.HttpClient.Seconds / bound, MostOfBound)],
        };
    }

    private static async Task ReadPartAsync(RawClient client, int part)
    {
        const long length = ServerFiles.DataBytes / Connections;
        var buffer = new byte[ReadBytes];
        await using Stream body = await client.OpenRangeAsync(ServerFiles.Data, part * length, length);
        for (long read = 0; read < length; read += buffer.Length)
        {
            await body.ReadExactlyAsync(buffer);
            SampledCheck.Check(buffer, (part * length) + read);
        }
    }
}
