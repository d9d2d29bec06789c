using Hctef.Caching;

namespace Hctef.Tests.Caching;

public sealed class GhostTableTests
{
    // The upper half of a key picks its bucket of four, the lower half tells it from others there.
    private static ulong Key(uint bucket, uint fingerprint) => ((ulong)bucket << 34) | fingerprint;

    [Fact]
    public void AnEvictedBlockIsRememberedOnce()
    {
        var ghosts = new GhostTable(16);
        ulong key = Key(3, 77);
        Assert.False(ghosts.Remove(key));
        ghosts.Add(key);
        Assert.False(ghosts.Remove(Key(3, 78)));
        Assert.False(ghosts.Remove(Key(2, 77)));
        Assert.True(ghosts.Remove(key));
        Assert.False(ghosts.Remove(key));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(16)]
    [InlineData(100)]
    public void AndForgottenAfterAsManyEvictionsAsItHasPlaces(int capacity)
    {
        var ghosts = new GhostTable(capacity);
        ulong early = Key(0, 1);
        ulong late = Key(0, 2);
        ghosts.Add(early);
        AddToAnotherBucket(ghosts, capacity);
        Assert.True(ghosts.Remove(early));
        ghosts.Add(late);
        AddToAnotherBucket(ghosts, capacity + 1);
        Assert.False(ghosts.Remove(late));
    }

    [Fact]
    public void AFullBucketForgetsItsOldest()
    {
        var ghosts = new GhostTable(16);
        for (uint i = 1; i <= 4; i++)
        {
            ghosts.Add(Key(1, i));
        }

        // The second is asked for, and leaves a place that the fifth takes; the sixth takes that of the first.
        Assert.True(ghosts.Remove(Key(1, 2)));
        ghosts.Add(Key(1, 5));
        ghosts.Add(Key(1, 6));
        Assert.Equal([3, 4, 5, 6], Enumerable.Range(1, 6).Where(i => ghosts.Remove(Key(1, (uint)i))));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public void ATableOfAlmostNoneStillWorks(int capacity)
    {
        var ghosts = new GhostTable(capacity);
        ghosts.Add(Key(9, 1));
        Assert.True(ghosts.Remove(Key(9, 1)));
        Assert.False(ghosts.Remove(Key(9, 1)));
    }

    private static void AddToAnotherBucket(GhostTable ghosts, int count)
    {
        for (uint i = 0; i < count; i++)
        {
            ghosts.Add(Key(1, 1_000 + i));
        }
    }
}
