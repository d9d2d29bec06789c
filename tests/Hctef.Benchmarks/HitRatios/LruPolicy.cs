using Hctef.Tests.Caching;

namespace Hctef.Benchmarks.HitRatios;

/// <summary>The policy that most caches have. It moves a block to the front with each read.</summary>
internal sealed class LruPolicy(int capacity) : ICachePolicy
{
    private readonly LeastRecentlyUsed _lru = new(capacity);

    public bool Read(long block, bool entered) => _lru.Visit(block);
}
