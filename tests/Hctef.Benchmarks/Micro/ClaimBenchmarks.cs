using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;
using Hctef.Diagnostics;
using Hctef.Fetching;
using Hctef.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hctef.Benchmarks.Micro;

/// <summary>What it takes to plan what is absent: memory, cells, fetches; and to give it all back. Nothing is sent.</summary>
public class ClaimBenchmarks
{
    private const int Runs = 100;
    private const int BlocksPerHole = 64;
    private const long LongRun = 8 << 20;

    private readonly List<BlockFetch> _fetches = [];
    private ServerProcess _server = null!;
    private HctefClient _client = null!;
    private IRemoteFile _file = null!;
    private RangeSource _source = null!;
    private BlockRun[] _one = null!;
    private BlockRun[] _long = null!;
    private BlockRun[] _many = null!;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _server = await ServerProcess.StartAsync(NetworkProfiles.Get("L0"));
        _client = new HctefClient(_server);
        _file = await _client.OpenAsync(configure: static options => options.PrefetchBytes = 0);
        var network = new RangeNetwork(
            string.Empty, null!, new HctefTransportOptions(), new HctefRetryOptions(), TimeProvider.System, NullLogger.Instance, new HctefMetrics(new Meter("Hctef.Benchmarks")), CancellationToken.None);
        _source = ((RemoteFile)_file).Source with { Network = network, Closing = CancellationToken.None };
        _one = [new BlockRun(0, 1)];
        _long = [new BlockRun(0, LongRun / _source.Cache.BlockBytes)];
        _many = [.. Enumerable.Range(0, Runs).Select(static i => new BlockRun(i * BlocksPerHole, (i * BlocksPerHole) + 1))];
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        _file.Dispose();
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Benchmark(Baseline = true)]
    public void OneBlock() => ClaimAndGiveBack(_one);

    [Benchmark]
    public void EightMebibytes() => ClaimAndGiveBack(_long);

    [Benchmark]
    public void HundredBlocks() => ClaimAndGiveBack(_many);

    private void ClaimAndGiveBack(BlockRun[] wanted)
    {
        lock (_source.Cache.Gate)
            FetchPlanner.Claim_NeedsLock(_source, wanted, int.MaxValue, FetchPriority.Demand, _fetches);
        foreach (BlockFetch fetch in _fetches)
        {
            fetch.Finished(failure: null);
            fetch.Ended();
        }

        _fetches.Clear();
    }
}
