using Hctef.Caching.Distributed;
using Hctef.Caching.Tiers;
using Hctef.Tests.Files;
using Hctef.TestServer.Redis;

namespace Hctef.Tests.Caching.Distributed;

/// <summary>The tier over a real Redis.</summary>
public sealed class RedisTests
{
    // The clock moves only when a test moves it: however slow the machine, nothing is late.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(1);

    [RedisFact]
    public Task Chunks_and_versions_come_back_from_plain_calls() => AssertComesBackAsync(new RedisCache(RedisFactAttribute.Address!));

    [RedisFact]
    public Task Chunks_and_versions_come_back_from_calls_with_buffers() =>
        AssertComesBackAsync(new BufferRedisCache(RedisFactAttribute.Address!));

    [RedisServerFact]
    public async Task K1_killing_and_restarting_Redis_while_it_is_read_is_no_error_and_no_wrong_byte()
    {
        using var server = new RedisServerProcess();
        await server.StartAsync();
        using var redis = new BufferRedisCache(server.Address);
        using var rig = new DistributedRig(redis);
        rig.Options.ReadTimeout = ReadTimeout;
        DistributedTier tier = rig.StartTier();
        ITierVersion version = tier.Open(DistributedRig.Identity)!;
        await ReadUntilAsync(rig, version, isHit: true);

        for (int i = 0; i < 2; i++)
        {
            server.Kill();
            await ReadUntilAsync(rig, version, isHit: false);
            await server.StartAsync();
            await ReadUntilAsync(rig, version, isHit: true);
        }

        Assert.Equal(0, tier.Counters.Rejected);
    }

    /// <summary>Reads and offers until reads hit, or miss; what they bring is right in any case.</summary>
    private static async Task ReadUntilAsync(DistributedRig rig, ITierVersion version, bool isHit)
    {
        using var hang = new CancellationTokenSource(FileRig.HangGuard);
        while (true)
        {
            hang.Token.ThrowIfCancellationRequested();
            version.Offer(0, rig.Content);
            Task<(long, long)?> read = rig.ReadAsync(version);
            while (await Task.WhenAny(read, Task.Delay(50, hang.Token)) != read)
                rig.Time.Advance(ReadTimeout / 10);
            if (await read is not null == isHit)
                return;

            // Writes go on meanwhile, and rests end.
            await Task.Delay(10, hang.Token);
            rig.Time.Advance(TimeSpan.FromSeconds(5));
        }
    }

    private static async Task AssertComesBackAsync(RedisCache redis)
    {
        using (redis)
        {
            // Keys of this run only.
            using var rig = new DistributedRig(redis);
            rig.Options.HmacKey = Convert.ToBase64String(Guid.NewGuid().ToByteArray());
            rig.Options.ReadTimeout = ReadTimeout;
            rig.Options.TimeToLive = TimeSpan.FromMinutes(2);
            DistributedTier writer = rig.StartTier();
            writer.Open(DistributedRig.Identity)!.Offer(0, rig.Content);
            var version = new SharedVersion { Length = 1, EntityTag = "\"t\"", Partition = writer.Versions.DigestOf("p") };
            writer.Versions.Remember(DistributedRig.CacheKey, "a", version);
            await writer.DisposeAsync().AsTask().WaitAsync(FileRig.HangGuard);
            Assert.Equal(0, writer.Counters.BytesDropped);

            DistributedTier tier = rig.StartTier();
            ITierVersion opened = tier.Open(DistributedRig.Identity)!;
            Assert.Equal((0, 8 * DistributedRig.Chunk), await rig.ReadAsync(opened));
            Assert.Equal((8 * DistributedRig.Chunk, DistributedRig.Length), await rig.ReadAsync(opened, 8 * DistributedRig.Chunk));
            SharedVersion? found = await tier.Versions.FindAsync(DistributedRig.CacheKey, "a", default);
            Assert.Equal((1L, "\"t\"", true), (found!.Length, found.EntityTag, found.IsOf("p")));

            var keys = new StoreKeys(rig.Options.HmacKey);
            string generation = keys.NameOf(FileGenerations.AddressOf(DistributedRig.CacheKey), UInt128.Zero);
            TimeSpan? life = await redis.TimeToLiveAsync(generation);
            Assert.InRange(life!.Value, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4));

            await tier.EvictAsync(DistributedRig.CacheKey, default);
            Assert.Null(await rig.ReadAsync(opened));
            Assert.Null(await rig.StartTier().Versions.FindAsync(DistributedRig.CacheKey, "a", default));
        }
    }
}
