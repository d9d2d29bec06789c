using Microsoft.Extensions.Caching.Distributed;
using StackExchange.Redis;

namespace Hctef.TestServer.Redis;

/// <summary>A store in Redis, as small as can be: each value is led by the time that reading gives it again, or zero.</summary>
public class RedisCache : IDistributedCache, IDisposable
{
    private readonly Lock _gate = new();
    private readonly ConfigurationOptions _options;
    private Task<ConnectionMultiplexer>? _connecting;

    /// <summary>Connects on first use.</summary>
    /// <param name="address">Host and port.</param>
    public RedisCache(string address)
    {
        _options = ConfigurationOptions.Parse(address);
        _options.AbortOnConnectFail = false;
        _options.ConnectTimeout = 1000;
    }

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        IDatabase database = await DatabaseAsync();
        byte[]? value = await database.StringGetAsync(key);
        if (value is null)
            return null;

        var sliding = TimeSpan.FromTicks(BitConverter.ToInt64(value));
        if (sliding > TimeSpan.Zero)
            await database.KeyExpireAsync(key, sliding);
        return value[sizeof(long)..];
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        byte[] sliding = BitConverter.GetBytes(options.SlidingExpiration?.Ticks ?? 0);
        IDatabase database = await DatabaseAsync();
        await database.StringSetAsync(
            key, (byte[])[.. sliding, .. value], options.AbsoluteExpirationRelativeToNow ?? options.SlidingExpiration);
    }

    /// <summary>How long Redis will keep a value; <see langword="null"/> for ever, or if there is none.</summary>
    public async Task<TimeSpan?> TimeToLiveAsync(string key) => await (await DatabaseAsync()).KeyTimeToLiveAsync(key);

    public byte[]? Get(string key) => GetAsync(key).GetAwaiter().GetResult();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => SetAsync(key, value, options).GetAwaiter().GetResult();

    public void Refresh(string key) => Get(key);

    public Task RefreshAsync(string key, CancellationToken token = default) => GetAsync(key, token);

    public void Remove(string key) => RemoveAsync(key).GetAwaiter().GetResult();

    public async Task RemoveAsync(string key, CancellationToken token = default) => await (await DatabaseAsync()).KeyDeleteAsync(key);

    public void Dispose()
    {
        if (_connecting is { IsCompletedSuccessfully: true } connected)
            connected.Result.Dispose();
    }

    private async Task<IDatabase> DatabaseAsync()
    {
        Task<ConnectionMultiplexer> connecting;
        lock (_gate)
        {
            connecting = _connecting ??= ConnectionMultiplexer.ConnectAsync(_options);
        }

        return (await connecting).GetDatabase();
    }
}
