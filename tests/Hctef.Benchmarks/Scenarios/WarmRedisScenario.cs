using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;
using Hctef.TestServer.Redis;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>
/// A file that another machine has read, with a Redis of both on this machine: the origin is asked whether it is still the same. Where the
/// origin is as near as Redis both are asked, so that the row on loopback is a race.
/// </summary>
internal sealed class WarmRedisScenario : WholeFileScenario, IDisposable
{
    private RedisServerProcess? _redis;

    public override string Name => "warm-redis";

    public override string Title => "Sequential 256 MiB, warm from Redis";

    public override IReadOnlyList<string> Networks => ["L10", "L50"];

    public void Dispose() => _redis?.Dispose();

    protected override void Configure(HctefOptions options) => options.Cache.Distributed.Enabled = true;

    protected override void Register(IServiceCollection services) =>
        services.AddSingleton<IDistributedCache>(_ => new RedisCache(_redis!.Address));

    protected override async Task SetUpAsync(ServerProcess server)
    {
        if (_redis is null)
        {
            _redis = new RedisServerProcess();
            await _redis.StartAsync();
        }

        // What is written behind gives way to readers: passes until the store has all.
        for (int pass = 0; pass < 5; pass++)
        {
            await using var client = new HctefClient(server, Configure, Register);
            await RunAsync(client);
        }
    }

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        yield return Goal.AtMost("requests", result.Hctef!.Requests, 1);
    }
}
