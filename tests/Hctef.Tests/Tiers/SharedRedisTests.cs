using Hctef.Tests.Caching.Distributed;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Tiers;

/// <summary>What one process has fetched another one takes from the Redis that they share: as processes, over all of Hctef.</summary>
public sealed class SharedRedisTests() : OneFileTests($"{Guid.NewGuid():N}.bin", Length)
{
    private const long Length = 20_000_000;

    [RedisFact]
    public async Task A_second_process_sends_one_request_and_gets_no_body()
    {
        await FillAsync(trusts: false);

        RemoteFileStatistics second = await ReadAsync(trusts: false);

        RequestRecord opening = Assert.Single(Server.Log);
        Assert.Equal(304, opening.Status);
        Assert.Equal(0, opening.BodyBytesSent);
        Assert.Equal(0, second.BytesFetched);
        Assert.InRange(second.BytesFromTiers, Length, long.MaxValue);
    }

    [RedisFact]
    public async Task With_trust_it_sends_none()
    {
        await FillAsync(trusts: true);

        RemoteFileStatistics second = await ReadAsync(trusts: true);

        Assert.Empty(Server.Log);
        Assert.Equal(0, second.Requests);
        Assert.InRange(second.BytesFromTiers, Length, long.MaxValue);
    }

    private async Task FillAsync(bool trusts)
    {
        await ReadAsync(trusts);
        Server.ResetCounts();
    }

    private Task<RemoteFileStatistics> ReadAsync(bool trusts) =>
        TierReader.RunAsync(Served.Uri, Served.Uri.AbsolutePath[1..], folder: null, RedisFactAttribute.Address, trusts);
}
