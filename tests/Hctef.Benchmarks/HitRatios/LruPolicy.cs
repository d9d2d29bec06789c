using Hctef.Tests.Caching;

namespace Hctef.Benchmarks.HitRatios;

/// <summary>The policy that most caches have. It moves a block to the front with each read, and puts there what is brought ahead.</summary>
internal sealed class LruPolicy(int capacity, int ahead = 0) : ICachePolicy
{
    private readonly LeastRecentlyUsed _lru = new(capacity);
    private long _edge;

    public bool Read(long block, bool entered) => _lru.Visit(block);

    public bool Scan(long block, bool entered)
    {
        bool hit = _lru.Visit(block);
        if (_edge > block + 1 + ahead)
            _edge = 0;
        if (ahead > 0 && (!hit || _edge - block <= ahead / 2))
        {
            for (_edge = Math.Max(_edge, block + 1); _edge < Math.Min(block + 1 + ahead, HitTrace.ScanEnd); _edge++)
                _lru.Visit(_edge);
        }

        return hit;
    }
}
