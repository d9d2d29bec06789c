using Hctef.Caching.Distributed;
using Hctef.Caching.Tiers;
using Hctef.Tests.Faults;
using Hctef.Tests.Files;
using Microsoft.Extensions.Caching.Distributed;

namespace Hctef.Tests.Caching.Distributed;

/// <summary>Machines that share a store: each a tier of its own, by one clock that a test moves.</summary>
internal sealed class DistributedRig(IDistributedCache store) : IDisposable
{
    public const int Chunk = 16 * 1024;
    public const int Length = (10 * Chunk) + 100;
    public const string CacheKey = "https://example.com/file.bin?canary=1";
    public const string Secret = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    private readonly List<DistributedTier> _tiers = [];

    public static VersionIdentity Identity { get; } = new(CacheKey, "tenant canary", "\"v1\"", Length);

    public ManualTimeProvider Time { get; } = new();

    public RecordedLogs Logs { get; } = new();

    public DistributedCacheOptions Options { get; } = new() { ChunkBytes = Chunk, HmacKey = Secret };

    public byte[] Content { get; } = ContentOf(1);

    /// <summary>Other bytes of the same length.</summary>
    public static byte[] ContentOf(int seed)
    {
        byte[] content = new byte[Length];
        new Random(seed).NextBytes(content);
        return content;
    }

    public DistributedTier StartTier()
    {
        var tier = new DistributedTier(Options, store, Time, Logs);
        _tiers.Add(tier);
        return tier;
    }

    /// <summary>Another machine writes a whole version, and leaves when it is written.</summary>
    public async Task FillAsync(VersionIdentity? identity = null, byte[]? content = null)
    {
        DistributedTier tier = StartTier();
        tier.Open(identity ?? Identity)!.Offer(0, content ?? Content);
        await tier.DisposeAsync().AsTask().WaitAsync(FileRig.HangGuard);
    }

    /// <summary>Reads and compares.</summary>
    /// <returns>The bytes' place; <see langword="null"/> for a miss.</returns>
    public async Task<(long Start, long End)?> ReadAsync(ITierVersion version, long start = 0, long end = Length)
    {
        using TierRun? run = await version.ReadAsync(start, end, default).AsTask().WaitAsync(FileRig.HangGuard);
        if (run is null)
            return null;
        Assert.Equal(Content.AsSpan((int)run.Start, (int)(run.End - run.Start)), run.Bytes.Span);
        return (run.Start, run.End);
    }

    public int CountEvents(int id) => Logs.Events.Count(told => told.Id.Id == id);

    public void Dispose()
    {
        // Whatever still waits is not waited for.
        _tiers.ForEach(static tier => tier.Dispose());
        Logs.Dispose();
    }
}
