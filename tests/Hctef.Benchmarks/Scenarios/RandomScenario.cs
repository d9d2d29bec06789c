using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>Reads of 4 KiB all over the file, by one reader or several.</summary>
internal sealed class RandomScenario(string name, string title, int readers) : WireScenario
{
    private const int Reads = 1_000;
    private const int ReadBytes = 4096;
    private const double MostBlocksPerRead = 2;

    private readonly long[] _offsets = CreateOffsets();

    public override string Name => name;

    public override string Title => title;

    /// <summary>The most times the demand bound, by network.</summary>
    public IReadOnlyDictionary<string, double> MostOfDemand { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>The most times raw HttpClient on L0.</summary>
    public double? MostOfRaw { get; init; }

    protected override bool LongRun => readers == 1;

    protected override async Task RunAsync(HctefClient client)
    {
        using IRemoteFile file = await client.OpenAsync(configure: options => options.PrefetchBytes = 0);
        await ReadAllAsync((buffer, offset) => file.ReadExactlyAsync(buffer, offset));
    }

    protected override Task RunAsync(RawClient client) =>
        ReadAllAsync((buffer, offset) => new ValueTask(client.ReadAsync(ServerFiles.Data, buffer, offset)));

    protected override void Run(LocalFile file)
    {
        var buffer = new byte[ReadBytes];
        foreach (long offset in _offsets)
            file.Read(buffer, offset);
    }

    protected override double? GetDemand(NetworkProfile network, double connections) =>
        network.Connect + ((double)Reads / readers * network.Latency) + network.Transfer((long)Reads * ReadBytes, readers);

    protected override double? GetOracle(NetworkProfile network) =>
        network.Connect + network.Latency + network.Transfer((long)Reads * ReadBytes, 8);

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        if (network.Name == "L0" && MostOfRaw is { } mostOfRaw && result.HttpClient is { } raw)
            yield return Goal.AtMost("time / raw HttpClient", result.Hctef!.Seconds / raw.Seconds, mostOfRaw);
        if (MostOfDemand.TryGetValue(network.Name, out double most))
            yield return Goal.AtMost("time / demand", result.Hctef!.Seconds / result.Demand!.Value, most);
        yield return Goal.AtMost(
            "blocks moved per read", result.Hctef!.BodyBytes / HctefDefaults.BlockBytes / Reads, MostBlocksPerRead);
    }

    private static long[] CreateOffsets()
    {
        var random = new Random(20_261);
        return [.. Enumerable.Range(0, Reads).Select(_ => random.NextInt64(ServerFiles.DataBytes / ReadBytes) * ReadBytes)];
    }

    private async Task ReadAllAsync(Func<Memory<byte>, long, ValueTask> read)
    {
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, readers).Select(async _ =>
        {
            var buffer = new byte[ReadBytes];
            while (Interlocked.Increment(ref next) is int i && i < Reads)
            {
                await read(buffer, _offsets[i]);
                SampledCheck.Check(buffer, _offsets[i]);
            }
        }));
    }
}
