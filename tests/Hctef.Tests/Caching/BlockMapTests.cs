using Hctef.Caching;

namespace Hctef.Tests.Caching;

public sealed class BlockMapTests
{
    private readonly Lock _gate = new();

    public static TheoryData<long> Strides => [1, BlockLeaf.Blocks, BlockLeaf.Blocks * 3L, 1L << 20, 1L << 33, (1L << 40) - 1];

    [Theory]
    [MemberData(nameof(Strides))]
    public void EveryBlockIsFoundWhileTheMapGrowsAndShrinks(long stride)
    {
        const int Count = 2_000;
        var map = new BlockMap(7);
        Assert.True(map.IsEmpty);
        for (int i = 0; i < Count; i++)
        {
            BlockLeaf leaf = map.FindOrAdd_NeedsLock(i * stride);
            Assert.Same(map, leaf.Map);
            Assert.Same(leaf, map.Find(i * stride));
            Assert.Same(leaf, map.FindOrAdd_NeedsLock(i * stride));
        }

        List<BlockLeaf> leaves = map.Leaves_NeedsLock();
        Assert.Equal(leaves.Count, leaves.Select(static leaf => leaf.Index).Distinct().Count());
        Assert.All(Enumerable.Range(0, Count), i => Assert.Equal((i * stride) >> BlockLeaf.Shift, map.Find(i * stride)!.Index));

        for (int i = 0; i < leaves.Count; i++)
        {
            map.Remove_NeedsLock(leaves[i]);
            Assert.Null(map.Find(leaves[i].Index << BlockLeaf.Shift));
            if (i + 1 < leaves.Count)
            {
                Assert.Same(leaves[^1], map.Find(leaves[^1].Index << BlockLeaf.Shift));
            }
        }

        Assert.True(map.IsEmpty);
        Assert.Empty(map.Leaves_NeedsLock());
    }

    [Fact]
    public void BlocksOfOneLeafShareItAndNothingElse()
    {
        var map = new BlockMap(1);
        BlockLeaf leaf = map.FindOrAdd_NeedsLock(5_000_000_000);
        long first = leaf.Index << BlockLeaf.Shift;
        for (int i = 0; i < BlockLeaf.Blocks; i++)
        {
            Assert.Same(leaf, map.Find(first + i));
            leaf.Cell(first + i) = i + 1;
        }

        Assert.Null(map.Find(first - 1));
        Assert.Null(map.Find(first + BlockLeaf.Blocks));
        Assert.Equal(Enumerable.Range(1, BlockLeaf.Blocks), Enumerable.Range(0, BlockLeaf.Blocks).Select(i => (int)leaf.Cell(first + i)));
    }

    [Fact]
    public void AnEmptyMapFindsNothingAndSharesNothing()
    {
        var one = new BlockMap(1);
        var other = new BlockMap(2);
        one.FindOrAdd_NeedsLock(0);
        Assert.Null(other.Find(0));
        Assert.NotSame(one.Find(0), other.FindOrAdd_NeedsLock(0));
    }

    [Fact]
    public void AReaderOnAChangingMapFindsTheRightLeafOrNone()
    {
        const int Rounds = 300;
        const int Most = 200;
        var map = new BlockMap(3);
        int done = 0;
        long found = 0;
        ConcurrentThreads.Run(3, number =>
        {
            if (number == 0)
            {
                for (int round = 0; round < Rounds; round++)
                {
                    for (long index = 0; index < Most; index++)
                    {
                        lock (_gate)
                        {
                            map.FindOrAdd_NeedsLock(index << BlockLeaf.Shift);
                        }
                    }

                    foreach (BlockLeaf leaf in map.Leaves_NeedsLock())
                    {
                        lock (_gate)
                        {
                            map.Remove_NeedsLock(leaf);
                        }
                    }
                }

                Volatile.Write(ref done, 1);
                return;
            }

            for (long index = 0; Volatile.Read(ref done) == 0; index = (index + 1) % Most)
            {
                if (map.Find(index << BlockLeaf.Shift) is { } leaf)
                {
                    Assert.Equal(index, leaf.Index);
                    Interlocked.Increment(ref found);
                }
            }
        });
        Assert.True(map.IsEmpty);
    }
}
