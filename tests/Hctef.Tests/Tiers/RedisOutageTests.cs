using Hctef.Tests.Caching.Distributed;
using Hctef.Tests.Files;
using Hctef.TestServer.Redis;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Tiers;

/// <summary>A Redis that dies and comes back while files are read costs time at most.</summary>
public sealed class RedisOutageTests() : OneFileTests("data.bin", Length)
{
    private const int Length = 8_000_000;
    private const int ReadBytes = 30_000;
    private const int Readers = 4;
    private const int ReadsEach = 60;

    [RedisServerFact]
    public async Task Readers_notice_nothing_of_a_redis_that_is_killed_and_started_again()
    {
        using var redis = new RedisServerProcess();
        await redis.StartAsync();
        var services = new ServiceCollection();
        services.AddSingleton<IDistributedCache>(new RedisCache(redis.Address));

        // So little memory that what was read has to be fetched again.
        services.AddHctef(static options => options.Cache.MemoryBytes = 500_000).UseDistributedCache();
        await using ServiceProvider provider = services.BuildServiceProvider();
        await using IRemoteFile file = await provider.GetRequiredService<IRangeReaderFactory>().OpenAsync(Served.Uri);

        await ReadAsync(file, seed: 1);
        redis.Kill();
        await ReadAsync(file, seed: 2);
        await redis.StartAsync();
        Task reading = ReadAsync(file, seed: 3);
        redis.Kill();
        await reading;
    }

    private Task ReadAsync(IRemoteFile file, int seed) => Task.WhenAll(Enumerable.Range(0, Readers).Select(reader => Task.Run(async () =>
    {
        var random = new Random((seed * 100) + reader);
        for (int i = 0; i < ReadsEach; i++)
        {
            await file.AssertReadsAsync(Served, random.Next(Length - ReadBytes), ReadBytes);
        }
    })));
}
