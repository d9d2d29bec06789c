using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Distributed;

namespace Hctef.Tests.Caching.Distributed;

/// <summary>A store in memory that can be slow, block, fail and lie. It expires nothing; what it was told to is there to see.</summary>
internal class TestStore : IDistributedCache
{
    private int _gets;
    private int _sets;

    public ConcurrentDictionary<string, byte[]> Values { get; } = new();

    public ConcurrentDictionary<string, DistributedCacheEntryOptions> Expirations { get; } = new();

    /// <summary>Runs at the start of every read, on its caller's thread: may block, throw, or be waited for.</summary>
    public Func<string, Task>? OnGet { get; set; }

    /// <summary>The same of every write.</summary>
    public Func<string, Task>? OnSet { get; set; }

    public int Gets => Volatile.Read(ref _gets);

    public int Sets => Volatile.Read(ref _sets);

    /// <summary>The keys of a kind of record: g, c, m or t.</summary>
    public string[] KeysOf(char kind) => [.. Values.Keys.Where(key => key.StartsWith($"hctef:1:{kind}:", StringComparison.Ordinal))];

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        Interlocked.Increment(ref _gets);
        if (OnGet is { } onGet)
            await onGet(key);
        return Values.GetValueOrDefault(key);
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        Interlocked.Increment(ref _sets);
        if (OnSet is { } onSet)
            await onSet(key);
        Values[key] = value;
        Expirations[key] = options;
    }

    public byte[]? Get(string key) => throw new NotSupportedException("Hctef never blocks on a store.");

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

    public void Refresh(string key) => throw new NotSupportedException();

    public Task RefreshAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

    public void Remove(string key) => throw new NotSupportedException();

    public Task RemoveAsync(string key, CancellationToken token = default) => throw new NotSupportedException();
}
