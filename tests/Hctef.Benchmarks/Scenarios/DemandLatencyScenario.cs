using System.Diagnostics;
using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>How long single reads take while two cursors stream from the same host, beside the same reads alone.</summary>
internal sealed class DemandLatencyScenario : WireScenario
{
    private const string P50 = "P50 ms";
    private const string P99 = "P99 ms";
    private const int Reads = 500;
    private const int ReadBytes = 4096;
    private const double MostOfIdle = 3;

    private readonly long[] _offsets = CreateOffsets();

    public override string Name => "demand-p99";

    public override string Title => "Random 4 KiB reads while two cursors stream";

    public override IReadOnlyList<string> Networks => ["L10", "L50"];

    protected override string Yardstick => "without streams";

    protected override bool HasLocal => false;

    protected override bool LongRun => true;

    protected override bool HasHttpClient(NetworkProfile network) => false;

    protected override async Task RunAsync(HctefClient client)
    {
        using IRemoteFile streamed = await client.OpenAsync(ServerFiles.Huge);
        using var stopping = new CancellationTokenSource();
        Task[] streams = [StreamAsync(streamed, 0, stopping.Token), StreamAsync(streamed, ServerFiles.HugeBytes / 2, stopping.Token)];
        await RunYardstickAsync(client);
        await stopping.CancelAsync();
        await Task.WhenAll(streams);
    }

    protected override async Task RunYardstickAsync(HctefClient client)
    {
        using IRemoteFile file = await client.OpenAsync(ServerFiles.Other, static options => options.PrefetchBytes = 0);
        var buffer = new byte[ReadBytes];
        var milliseconds = new List<double>();
        foreach (long offset in _offsets)
        {
            long start = Stopwatch.GetTimestamp();
            await file.ReadExactlyAsync(buffer, offset);
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            SampledCheck.Check(buffer, offset, ServerFiles.OtherContent);
        }

        client.Extras.Add(P50, Median.Of(milliseconds));
        client.Extras.Add(P99, Median.Quantile(milliseconds, 0.99));
    }

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        yield return Goal.AtMost("P99 / idle P99", result.Hctef!.Extras[P99] / result.Yardstick!.Extras[P99], MostOfIdle);
    }

    private static async Task StreamAsync(IRemoteFile file, long start, CancellationToken cancellationToken)
    {
        try
        {
            await using RemoteFileStream stream = file.OpenStream();
            stream.Position = start;
            var buffer = new byte[64 * 1024];
            while (true)
                await stream.ReadExactlyAsync(buffer, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The reads beside it have ended.
        }
    }

    private static long[] CreateOffsets()
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, Reads).Select(_ => random.NextInt64(ServerFiles.DataBytes / ReadBytes) * ReadBytes)];
    }
}
