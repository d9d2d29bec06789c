using Hctef.Caching.Tiers;

namespace Hctef.Tests.Fetching;

/// <summary>What a tier keeps of a version, which brings one run whatever is asked.</summary>
internal sealed class FixedTier(TierRun run) : ITierVersion
{
    public int ChunkBytes => FetchRig.BlockBytes;

    public Action? Drained { get; set; }

    public TimeSpan ExpectedTime(long bytes) => TimeSpan.FromDays(1);

    public ValueTask<TierRun?> ReadAsync(long start, long end, CancellationToken cancellationToken) => new(run);

    public long FindHeld(long start, long end, long least) => end;

    public bool Offer(long start, ReadOnlySpan<byte> bytes) => true;
}
