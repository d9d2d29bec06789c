using System.Collections.Concurrent;
using Hctef.Caching.Tiers;
using Hctef.Diagnostics;

namespace Hctef.Tests.Fetching;

/// <summary>A tier that keeps each version apart, forgets at random, and is now fast, now slow.</summary>
internal sealed class ErraticTier(int seed, int blockBytes, bool isRemote) : IBlockTier
{
    private readonly ConcurrentDictionary<VersionIdentity, ITierVersion> _versions = new();

    public string Name => "erratic";

    public TierCounters Counters { get; } = new();

    public ITierVersion Open(VersionIdentity identity) => _versions.GetOrAdd(identity, _ => new Version(this, seed, blockBytes, isRemote));

    public ValueTask EvictAsync(string cacheKey, CancellationToken cancellationToken)
    {
        foreach (VersionIdentity identity in _versions.Keys.Where(identity => identity.CacheKey == cacheKey))
        {
            _versions.TryRemove(identity, out _);
        }

        return default;
    }

    public void Dispose()
    {
    }

    public ValueTask DisposeAsync() => default;

    private sealed class Version(ErraticTier tier, int seed, int blockBytes, bool isRemote) : ITierVersion
    {
        private readonly FakeTier _kept = new(blockBytes) { IsRemote = isRemote, ChunkBlocks = isRemote ? 4 : 1 };
        private readonly Random _random = new(seed);
        private readonly Lock _gate = new();

        public Action? Drained { get; set; }

        public int ChunkBytes => _kept.ChunkBytes;

        public bool PrefersCalm => !isRemote && Next(8) != 0;

        public TimeSpan ExpectedTime(long bytes) => isRemote && Next(2) == 0 ? TimeSpan.FromDays(1) : TimeSpan.Zero;

        public async ValueTask<TierRun?> ReadAsync(long start, long end, CancellationToken cancellationToken)
        {
            for (int pause = Next(4); pause > 0; pause--)
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
            }

            TierRun? run = Next(4) == 0 ? null : await _kept.ReadAsync(start, Math.Min(end, start + 1 + (Next(9) * blockBytes)), cancellationToken);
            if (run is not null)
            {
                tier.Counters.CountHit(run.Bytes.Length);
            }

            return run;
        }

        public long FindHeld(long start, long end, long least) => _kept.FindHeld(start, end, least);

        public bool Offer(long start, ReadOnlySpan<byte> bytes)
        {
            switch (Next(4))
            {
                case 0:
                    return true;
                case 1:
                    _ = Task.Run(() => Drained?.Invoke());
                    return false;
                default:
                    return _kept.Offer(start, bytes);
            }
        }

        private int Next(int end)
        {
            lock (_gate)
            {
                return _random.Next(end);
            }
        }
    }
}
