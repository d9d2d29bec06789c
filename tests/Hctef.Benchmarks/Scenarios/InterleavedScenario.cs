using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>Two cursors of one file that are read in turn, beside one cursor that reads the sum.</summary>
internal sealed class InterleavedScenario : WireScenario
{
    private const int ReadBytes = 64 * 1024;
    private const long BytesPerCursor = 64L << 20;
    private const double MostOfOne = 1.15;

    public override string Name => "interleaved";

    public override string Title => "Two interleaved sequential cursors of 64 MiB each";

    protected override string Yardstick => "one cursor, 128 MiB";

    protected override bool LongRun => true;

    protected override Task RunAsync(HctefClient client) => ReadAsync(client, [0, ServerFiles.DataBytes / 2], BytesPerCursor);

    protected override Task RunYardstickAsync(HctefClient client) => ReadAsync(client, [0], 2 * BytesPerCursor);

    protected override async Task RunAsync(RawClient client)
    {
        var buffer = new byte[ReadBytes];
        for (long read = 0; read < BytesPerCursor; read += ReadBytes)
        {
            await client.ReadAsync(ServerFiles.Data, buffer, read);
            await client.ReadAsync(ServerFiles.Data, buffer, (ServerFiles.DataBytes / 2) + read);
        }
    }

    protected override void Run(LocalFile file)
    {
        var buffer = new byte[ReadBytes];
        for (long read = 0; read < BytesPerCursor; read += ReadBytes)
        {
            file.Read(buffer, read);
            file.Read(buffer, (ServerFiles.DataBytes / 2) + read);
        }
    }

    protected override double? GetDemand(NetworkProfile network, double connections) =>
        network.Connect + network.Latency + network.Transfer(2 * BytesPerCursor, connections);

    protected override double? GetOracle(NetworkProfile network) => GetDemand(network, 8);

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        yield return Goal.AtMost("time / one cursor", result.Hctef!.Seconds / result.Yardstick!.Seconds, MostOfOne);
    }

    private static async Task ReadAsync(HctefClient client, long[] starts, long bytesPerCursor)
    {
        using IRemoteFile file = await client.OpenAsync();
        RemoteFileStream[] streams = [.. starts.Select(_ => file.OpenStream())];
        for (int i = 0; i < streams.Length; i++)
            streams[i].Position = starts[i];
        var buffer = new byte[ReadBytes];
        for (long read = 0; read < bytesPerCursor; read += ReadBytes)
        {
            for (int i = 0; i < streams.Length; i++)
            {
                await streams[i].ReadExactlyAsync(buffer);
                SampledCheck.Check(buffer, starts[i] + read);
            }
        }

        Array.ForEach(streams, static stream => stream.Dispose());
    }
}
