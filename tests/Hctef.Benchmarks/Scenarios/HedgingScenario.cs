using System.Diagnostics;
using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;
using Hctef.Diagnostics;
using Hctef.Files;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>How long the slowest reads take on a host of which a few replies are late, with a second request for those and without.</summary>
internal sealed class HedgingScenario : WireScenario
{
    private const string P50 = "P50 ms";
    private const string P99 = "P99 ms";
    private const string SecondRequests = "second requests / first ones";
    private const int Reads = 2_000;
    private const int Readers = 8;
    private const int ReadBytes = 4096;
    private const double LateShare = 0.02;
    private const double MostOfUnhedged = 0.25;
    private const double MostExtraRequests = 0.03;

    private static readonly TimeSpan LateBy = TimeSpan.FromSeconds(1);

    private readonly long[] _offsets = CreateOffsets();

    public override string Name => "hedging";

    public override string Title => "2,000 random 4 KiB reads, 8 at a time, hedged; 2 % of the replies 1 s late";

    public override IReadOnlyList<string> Networks => ["L10"];

    protected override string Yardstick => "without hedging";

    protected override bool HasLocal => false;

    protected override bool LongRun => true;

    protected override Task SetUpAsync(ServerProcess server) => server.SetLateAsync(LateShare, LateBy);

    protected override Task TearDownAsync(ServerProcess server) => server.SetLateAsync(0, TimeSpan.Zero);

    protected override bool HasHttpClient(NetworkProfile network) => false;

    protected override void Configure(HctefOptions options) => options.Retry.Hedging = true;

    protected override void ConfigureYardstick(HctefOptions options) => options.Retry.Hedging = false;

    protected override Task RunYardstickAsync(HctefClient client) => RunAsync(client);

    protected override async Task RunAsync(HctefClient client)
    {
        using IRemoteFile file = await client.OpenAsync(configure: static options => options.PrefetchBytes = 0);
        var milliseconds = new double[Reads];
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, Readers).Select(async _ =>
        {
            var buffer = new byte[ReadBytes];
            while (Interlocked.Increment(ref next) is int i && i < Reads)
            {
                long start = Stopwatch.GetTimestamp();
                await file.ReadExactlyAsync(buffer, _offsets[i]);
                milliseconds[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                SampledCheck.Check(buffer, _offsets[i]);
            }
        }));
        client.Extras.Add(P50, Median.Of(milliseconds));
        client.Extras.Add(P99, Median.Quantile(milliseconds, 0.99));
        FileCounters counters = ((RemoteFile)file).Source.Counters;
        client.Extras.Add(SecondRequests, (double)counters.Hedges / (counters.Snapshot().Requests - counters.Hedges));
    }

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        (ClientResult hedged, ClientResult unhedged) = (result.Hctef!, result.Yardstick!);
        yield return Goal.AtMost("P99 / P99 without hedging", hedged.Extras[P99] / unhedged.Extras[P99], MostOfUnhedged);

        // Not by comparing requests: where replies are late and not raced, more is read ahead in fewer requests.
        yield return Goal.AtMost(SecondRequests, hedged.Extras[SecondRequests], MostExtraRequests);
    }

    private static long[] CreateOffsets()
    {
        var random = new Random(2_013);
        return [.. Enumerable.Range(0, Reads).Select(_ => random.NextInt64(ServerFiles.DataBytes / ReadBytes) * ReadBytes)];
    }
}
