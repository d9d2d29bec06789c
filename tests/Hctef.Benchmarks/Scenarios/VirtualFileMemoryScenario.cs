using System.Diagnostics;
using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>A million random reads over a file of 1 TB through 64 MiB of cache: what the managed heap has grown by.</summary>
internal sealed class VirtualFileMemoryScenario : Scenario
{
    private const int Reads = 1_000_000;
    private const int Readers = 16;
    private const int ReadBytes = 4096;
    private const long CacheBytes = 64L << 20;
    private const double Mebibyte = 1 << 20;

    public override string Name => "memory-1tb";

    public override string Title => "1,000,000 random reads over 1 TB through 64 MiB";

    public override IReadOnlyList<string> Networks => ["L0"];

    public override async Task<ScenarioResult> RunAsync(RunContext context, NetworkProfile network)
    {
        ServerProcess server = await context.GetServerAsync(network);
        await using var client = new HctefClient(server, static options => options.Cache.MemoryBytes = CacheBytes);
        using IRemoteFile file = await client.OpenAsync(ServerFiles.Huge, static options => options.PrefetchBytes = 0);
        await server.ResetAsync();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long start = Stopwatch.GetTimestamp();
        await using (var memory = new PeakMemory(() => client.PoolBytes))
        {
            await Task.WhenAll(Enumerable.Range(0, Readers).Select(seed => ReadAsync(file, seed)));
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
            client.Extras.Add("managed heap grown by, MiB", grown / Mebibyte);
            client.Extras.Add("block pool, MiB", client.PoolBytes / Mebibyte);
            var measured = new RunMeasurement(seconds, await server.GetCountsAsync(), memory.Bytes, grown + client.PoolBytes, client.Extras);
            return new ScenarioResult(Name, Title, network.Name)
            {
                Hctef = ClientResult.Of([measured]),
                Goals =
                [
                    Goal.AtMost("managed heap grown by, MiB", grown / Mebibyte, 8),
                    Goal.AtMost("block pool, MiB", client.PoolBytes / Mebibyte, CacheBytes / Mebibyte),
                ],
            };
        }
    }

    private static async Task ReadAsync(IRemoteFile file, int seed)
    {
        var random = new Random(seed);
        var buffer = new byte[ReadBytes];
        for (int i = 0; i < Reads / Readers; i++)
        {
            long offset = random.NextInt64(ServerFiles.HugeBytes / ReadBytes) * ReadBytes;
            await file.ReadExactlyAsync(buffer, offset);
            SampledCheck.Check(buffer, offset, ServerFiles.HugeContent);
        }
    }
}
