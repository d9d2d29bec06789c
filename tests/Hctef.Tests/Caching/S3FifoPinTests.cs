using Hctef.Caching;

namespace Hctef.Tests.Caching;

public sealed class S3FifoPinTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(10, 1)]
    [InlineData(10, 2)]
    [InlineData(10, 4)]
    [InlineData(100, 3)]
    public void WhenAllArePinnedNoneGivesWayAndAllStay(int capacity, int rounds)
    {
        PolicyDriver cache = Fill(capacity, rounds);
        SetPins(cache, capacity, pins: 1, except: -1);
        Assert.False(cache.TryEvict(out int slot));
        Assert.Equal(-1, slot);
        Assert.Equal(capacity, cache.Policy.Count);
        SetPins(cache, capacity, pins: 0, except: -1);
        for (int i = 0; i < capacity; i++)
        {
            Assert.True(cache.TryEvict(out _));
        }

        Assert.Equal(0, cache.Policy.Count);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(10, 1)]
    [InlineData(10, 2)]
    [InlineData(10, 4)]
    [InlineData(40, 4)]
    public void TheOnlyOneThatIsNotPinnedGivesWayWhereverItIs(int capacity, int rounds)
    {
        for (int free = 0; free < capacity; free++)
        {
            PolicyDriver cache = Fill(capacity, rounds);
            SetPins(cache, capacity, pins: 1, except: free);
            Assert.True(cache.TryEvict(out int slot));
            Assert.Equal(free, cache.Pool.Slot(slot).Block);
            Assert.False(cache.TryEvict(out _));
        }
    }

    [Fact]
    public void TheOnlyOneThatIsNotPinnedGivesWayThoughItIsHot()
    {
        // All are moved to the main queue, where the free one has three visits and has to go around for each.
        PolicyDriver cache = Fill(capacity: 20, rounds: 2);
        cache.Bring(100);
        Assert.True(cache.Visit(7));
        Assert.True(cache.Visit(7));
        Assert.True(cache.Visit(7));
        Assert.True(cache.Visit(7));
        for (int block = 0; block < 101; block++)
        {
            if (cache.Has(block) && block != 7)
            {
                cache.Pool.Slot(cache.SlotOf(block)).Pins = 1;
            }
        }

        Assert.True(cache.TryEvict(out int slot));
        Assert.Equal(7, cache.Pool.Slot(slot).Block);
    }

    [Fact]
    public void APinnedBlockIsNotPromotedForThat()
    {
        PolicyDriver cache = Fill(capacity: 20, rounds: 1);
        cache.Pool.Slot(cache.SlotOf(0)).Pins = 1;
        cache.Visit(100);
        Assert.True(cache.Has(0));
        cache.Pool.Slot(cache.SlotOf(0)).Pins = 0;
        for (int block = 200; block < 221; block++)
        {
            cache.Visit(block);
        }

        Assert.False(cache.Has(0));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void OneEvictionGivesABoundedNumberOfChances(int rounds)
    {
        const int Capacity = 4 * S3Fifo.MostChances;
        PolicyDriver cache = Fill(Capacity, rounds);
        int[] before = Counts(cache, Capacity);
        Assert.True(cache.TryEvict(out int evicted));
        int[] after = Counts(cache, Capacity);
        int changed = Enumerable.Range(0, Capacity).Count(slot => slot != evicted && before[slot] != after[slot]);
        Assert.Equal(S3Fifo.MostChances, changed);
        Assert.Equal(Capacity - 1, cache.Policy.Count);
    }

    private static PolicyDriver Fill(int capacity, int rounds)
    {
        var cache = new PolicyDriver(capacity);
        for (int i = 0; i < rounds * capacity; i++)
        {
            cache.Visit(i % capacity);
        }

        return cache;
    }

    private static void SetPins(PolicyDriver cache, int capacity, int pins, int except)
    {
        for (int block = 0; block < capacity; block++)
        {
            if (block != except)
            {
                cache.Pool.Slot(cache.SlotOf(block)).Pins = pins;
            }
        }
    }

    private static int[] Counts(PolicyDriver cache, int capacity) =>
        [.. Enumerable.Range(0, capacity).Select(slot => BlockVisits.CountOf(cache.Pool.Visits(slot)))];
}
