using BenchmarkDotNet.Attributes;
using Hctef.Tests.Caching;

namespace Hctef.Benchmarks.Micro;

/// <summary>One block in, one block out of a cache that is full: constant time, whatever its size.</summary>
public class EvictionBenchmarks
{
    private PolicyDriver _policy = null!;
    private long _next;

    [Params(1_000, 100_000)]
    public int Capacity { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _policy = new PolicyDriver(Capacity);
        for (_next = 0; _next < 2 * Capacity; _next++)
            _policy.Visit(_next);
    }

    [Benchmark]
    public bool EvictAndAdmit() => _policy.Visit(_next++);
}
