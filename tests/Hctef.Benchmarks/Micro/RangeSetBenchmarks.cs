using BenchmarkDotNet.Attributes;
using Hctef.Caching;

namespace Hctef.Benchmarks.Micro;

/// <summary>Operations on a set of disjoint ranges.</summary>
public class RangeSetBenchmarks
{
    private const long Step = 64 * 1024;
    private const long RangeBytes = 16 * 1024;

    private readonly RangeSet _set = new();

    [Params(10, 1_000)]
    public int Ranges { get; set; }

    private long Middle => Ranges / 2 * Step;

    [GlobalSetup]
    public void SetUp()
    {
        for (long i = 0; i < Ranges; i++)
            _set.Add(i * Step, (i * Step) + RangeBytes);
    }

    [Benchmark]
    public bool Contains() => _set.Contains(Middle, Middle + RangeBytes);

    [Benchmark]
    public void AddAndRemove()
    {
        _set.Add(Middle + (2 * RangeBytes), Middle + (3 * RangeBytes));
        _set.Remove(Middle + (2 * RangeBytes), Middle + (3 * RangeBytes));
    }

    /// <summary>The holes of a read over ten ranges, or as many as there are.</summary>
    [Benchmark]
    public long MissingOfTen()
    {
        long bytes = 0;
        foreach ((long start, long end) in _set.Missing(0, 10 * Step))
            bytes += end - start;
        return bytes;
    }
}
