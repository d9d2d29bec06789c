using BenchmarkDotNet.Attributes;
using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Micro;

/// <summary>What the planner costs where there is nothing to ask: a list of ranges that are all cached.</summary>
public class PlannerBenchmarks
{
    private const int RangeBytes = 20_000;

    private ServerProcess _server = null!;
    private HctefClient _client = null!;
    private IRemoteFile _file = null!;
    private ByteRange[] _ranges = null!;

    [Params(1, 100)]
    public int Ranges { get; set; }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _server = await ServerProcess.StartAsync(NetworkProfiles.Get("L0"));
        _client = new HctefClient(_server);
        _file = await _client.OpenAsync();
        _ranges = [.. Enumerable.Range(0, Ranges).Select(static i => new ByteRange(i * 100_000L, RangeBytes))];
        await _file.PrefetchAsync(_ranges);
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        _file.Dispose();
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Benchmark]
    public ValueTask<long> PrefetchOfCached() => _file.PrefetchAsync(_ranges);
}
