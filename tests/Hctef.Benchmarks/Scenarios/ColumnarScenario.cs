using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>A columnar file: its footer, then 60 ranges of 16 to 256 KiB with gaps between them, asked together.</summary>
internal sealed class ColumnarScenario : WireScenario
{
    private const int FooterBytes = 32 * 1024;
    private const int Ranges = 60;
    private const int RawRequestsAtOnce = HctefDefaults.MaxConcurrencyPerHost;
    private const double MostOfOracle = 1.3;
    private const double MostOfDistinct = 1.3;

    private readonly RangeRead[] _reads = CreateReads();

    public override string Name => "columnar";

    public override string Title => $"Columnar: footer, then {Ranges} ranges of 16-256 KiB together";

    private long DistinctBytes => FooterBytes + _reads.Sum(static read => (long)read.Buffer.Length);

    protected override async Task RunAsync(HctefClient client)
    {
        using IRemoteFile file = await client.OpenAsync(configure: static options => options.PrefetchBytes = 64 * 1024);
        var footer = new byte[FooterBytes];
        await file.ReadExactlyAsync(footer, ServerFiles.DataBytes - FooterBytes);
        await file.ReadRangesAsync(_reads);
        CheckAll();
    }

    protected override async Task RunAsync(RawClient client)
    {
        var footer = new byte[FooterBytes];
        await client.ReadAsync(ServerFiles.Data, footer, ServerFiles.DataBytes - FooterBytes);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = RawRequestsAtOnce };
        await Parallel.ForEachAsync(
            _reads, parallel, (read, _) => new ValueTask(client.ReadAsync(ServerFiles.Data, read.Buffer, read.FileOffset)));
        CheckAll();
    }

    protected override void Run(LocalFile file)
    {
        foreach (RangeRead read in _reads)
            file.Read(read.Buffer.Span, read.FileOffset);
    }

    protected override double? GetDemand(NetworkProfile network, double connections) =>
        network.Connect + (2 * network.Latency) + network.Transfer(DistinctBytes, connections);

    protected override double? GetOracle(NetworkProfile network) =>
        network.Connect + network.Latency + network.Transfer(DistinctBytes, 8);

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        if (result.Oracle is { } oracle && network.Shape is { BytesPerSecondPerConnection: > 0 })
            yield return Goal.AtMost("time / oracle", result.Hctef!.Seconds / oracle, MostOfOracle);
        yield return Goal.AtMost("bytes / distinct", result.Hctef!.BodyBytes / DistinctBytes, MostOfDistinct);
    }

    private static RangeRead[] CreateReads()
    {
        var random = new Random(77);
        long offset = 40L << 20;
        return [.. Enumerable.Range(0, Ranges).Select(_ =>
        {
            int length = random.Next(16 * 1024, 256 * 1024);
            var read = new RangeRead(offset, new byte[length]);
            offset += length + random.Next(4 * 1024, 256 * 1024);
            return read;
        })];
    }

    private void CheckAll()
    {
        foreach (RangeRead read in _reads)
        {
            SampledCheck.Check(read.Buffer.Span, read.FileOffset);
            read.Buffer.Span.Clear();
        }
    }
}
