using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;

namespace Hctef.TestServer.Redis;

/// <summary>The same, filling memory of its caller's.</summary>
public sealed class BufferRedisCache(string address) : RedisCache(address), IBufferDistributedCache
{
    public async ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken token = default)
    {
        byte[]? value = await GetAsync(key, token);
        destination.Write(value);
        return value is not null;
    }

    public async ValueTask SetAsync(
        string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        await SetAsync(key, value.ToArray(), options, token);

    public bool TryGet(string key, IBufferWriter<byte> destination)
    {
        byte[]? value = Get(key);
        destination.Write(value);
        return value is not null;
    }

    public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options) => Set(key, value.ToArray(), options);
}
