using System.Runtime.CompilerServices;
using Hctef.Diagnostics;

namespace Hctef.Tests.Diagnostics;

/// <summary>Totals are of all files: open ones, closed ones, and those that nobody has closed.</summary>
public sealed class CounterTotalsTests
{
    private readonly CounterTotals _totals = new();

    [Fact]
    public void What_files_count_together_is_told()
    {
        var one = new FileCounters(_totals);
        var other = new FileCounters(_totals);
        Count(one);
        Count(other);

        Assert.Equal(new BlockReads(Hits: 8, Misses: 4, Joined: 2), _totals.Blocks);
        Assert.Equal(200, _totals.BytesFetched);
        Assert.Equal(2, _totals.Files);
        GC.KeepAlive(one);
        GC.KeepAlive(other);
    }

    [Fact]
    public void Files_that_are_gone_are_forgotten_and_what_they_counted_is_not()
    {
        CountAndDrop();
        for (int i = 0; i < 10 && _totals.Files > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Equal(new BlockReads(Hits: 4, Misses: 2, Joined: 1), _totals.Blocks);
            Assert.Equal(100, _totals.BytesFetched);
        }

        Assert.Equal(0, _totals.Files);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CountAndDrop() => Count(new FileCounters(_totals));

    private static void Count(FileCounters file)
    {
        file.Current.CountHit(1000, blocks: 3);
        file.CountMiss(1000, new BlockReads(Hits: 1, Misses: 2, Joined: 1));
        file.CountFetched(100);
    }
}
