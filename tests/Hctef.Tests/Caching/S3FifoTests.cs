using Hctef.Caching;

namespace Hctef.Tests.Caching;

public sealed class S3FifoTests
{
    [Fact]
    public void AScanDoesNotEvictTheHotSet()
    {
        var cache = new PolicyDriver(capacity: 100);
        for (int round = 0; round < 3; round++)
        {
            VisitAll(cache, 0, 80);
        }

        VisitAll(cache, 1_000, 10_000);
        Assert.All(Enumerable.Range(0, 80), block => Assert.True(cache.Has(block)));
    }

    [Fact]
    public void AScanThatIsReadOnceLeavesInItsOrder()
    {
        var cache = new PolicyDriver(capacity: 10);
        VisitAll(cache, 0, 10);
        for (int block = 0; block < 10; block++)
        {
            Assert.True(cache.TryEvict(out int slot));
            Assert.Equal(block, cache.Pool.Slot(slot).Block);
        }

        Assert.Equal(0, cache.Policy.Count);
        Assert.False(cache.TryEvict(out _));
    }

    [Fact]
    public void ABlockThatIsVisitedAgainIsPromoted()
    {
        var cache = new PolicyDriver(capacity: 20);
        VisitAll(cache, 0, 20);
        cache.Visit(5);
        VisitAll(cache, 100, 1_000);
        Assert.True(cache.Has(5));
        Assert.False(cache.Has(4));
    }

    [Fact]
    public void BytesFetchedAheadAndReadOnceAreNotHot()
    {
        var cache = new PolicyDriver(capacity: 20);
        for (int block = 0; block < 20; block++)
        {
            cache.Bring(block);
        }

        VisitAll(cache, 0, 10);
        VisitAll(cache, 100, 20);
        Assert.All(Enumerable.Range(0, 20), block => Assert.False(cache.Has(block)));
    }

    [Fact]
    public void ABlockThatComesBackSoonGoesToTheMainQueue()
    {
        var cache = new PolicyDriver(capacity: 20);
        VisitAll(cache, 0, 21);
        Assert.False(cache.Has(0));
        cache.Visit(0);
        VisitAll(cache, 100, 1_000);
        Assert.True(cache.Has(0));
        Assert.False(cache.Has(20));
    }

    [Fact]
    public void InTheMainQueueUnvisitedBlocksGiveWayFirst()
    {
        var cache = new PolicyDriver(capacity: 20);
        VisitAll(cache, 0, 20);
        VisitAll(cache, 0, 20);
        cache.Bring(100);
        VisitAll(cache, 1, 9);
        for (int block = 10; block < 19; block++)
        {
            // Each block that comes is visited twice, so that it goes to the main queue, where one must leave.
            cache.Visit(block + 1_000);
            cache.Visit(block + 1_000);
        }

        Assert.All(Enumerable.Range(1, 9), block => Assert.True(cache.Has(block)));
    }

    [Fact]
    public void ASingleSlotIsUsedAgainAndAgain()
    {
        var cache = new PolicyDriver(capacity: 1);
        for (int block = 0; block < 50; block++)
        {
            Assert.False(cache.Visit(block));
            Assert.True(cache.Visit(block));
            Assert.Equal(1, cache.Policy.Count);
        }
    }

    [Fact]
    public void VisitsAreCountedOncePerVisitAndUpToThree()
    {
        byte visits = BlockVisits.Unread;
        int[] counts = new int[6];
        for (int i = 0; i < counts.Length; i++)
        {
            BlockVisits.Visit(ref visits);
            counts[i] = BlockVisits.CountOf(visits);
        }

        Assert.Equal([0, 1, 2, 3, 3, 3], counts);
        Assert.Equal(0, BlockVisits.CountOf(BlockVisits.Unread));
    }

    private static void VisitAll(PolicyDriver cache, long first, int count)
    {
        for (long block = first; block < first + count; block++)
        {
            cache.Visit(block);
        }
    }
}
