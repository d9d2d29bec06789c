using Hctef.Tests.Caching;

namespace Hctef.Benchmarks.HitRatios;

/// <summary>The policy of the block cache, which counts a visit when a reader enters a block.</summary>
internal sealed class S3FifoPolicy(int capacity) : ICachePolicy
{
    private readonly PolicyDriver _driver = new(capacity);

    public bool Read(long block, bool entered) => (!entered && _driver.Has(block)) || _driver.Visit(block);
}
