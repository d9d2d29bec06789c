using Hctef.Caching;
using Hctef.Caching.Tiers;

namespace Hctef.Tests.Caching.Tiers;

/// <summary>What comes in a burst stays in memory until readers rest, and is offered before that only where it is evicted.</summary>
public sealed class BurstDeferralTests : IDisposable
{
    private const int B = 512;

    private const int Capacity = 128;

    private readonly ManualTimeProvider _clock = new();
    private readonly BlockCache _cache = CacheFilling.CreateCache(Capacity, B);
    private readonly BurstDeferral _bursts;
    private readonly OfferedBlocks _tier;

    public BurstDeferralTests()
    {
        _bursts = new BurstDeferral(_clock);
        _tier = new OfferedBlocks(_cache);
    }

    public void Dispose() => _bursts.Dispose();

    [Fact]
    public void What_was_deferred_is_offered_when_nothing_has_come_for_a_while()
    {
        Assert.True(Come(_tier, 0, 2));
        _clock.Advance(TimeSpan.FromMilliseconds(150));
        Assert.True(Come(_tier, 2, 2));
        _clock.Advance(TimeSpan.FromMilliseconds(150));
        Assert.Empty(_tier.Taken);

        _clock.Advance(TimeSpan.FromMilliseconds(50));

        Assert.Equal([(0, 4 * B)], _tier.Taken);
        Assert.Equal(0, _clock.ArmedTimers);
    }

    [Fact]
    public void What_was_deferred_is_offered_after_two_seconds_at_the_latest()
    {
        for (int block = 0; block < 20; block++)
        {
            Assert.True(Come(_tier, block));
            Assert.Empty(_tier.Taken);
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal([(0, 20 * B)], _tier.Taken);
    }

    [Fact]
    public void What_was_deferred_is_offered_then_also_where_something_has_just_come()
    {
        for (int block = 0; block < 16; block++)
        {
            Assert.True(Come(_tier, block));
            _clock.Advance(TimeSpan.FromMilliseconds(block < 15 ? 130 : 49));
        }

        Assert.Empty(_tier.Taken);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal([(0, 16 * B)], _tier.Taken);
    }

    [Fact]
    public void What_was_deferred_is_offered_at_the_end_and_nothing_is_deferred_then()
    {
        var other = new OfferedBlocks(_cache);
        Assert.True(Come(_tier, 0));
        Assert.True(Come(other, 5));

        _bursts.Dispose();

        Assert.Equal([(0, B)], _tier.Taken);
        Assert.Equal([(5 * B, 6 * B)], other.Taken);
        Assert.False(Come(_tier, 1));
        Assert.Equal(0, _clock.ArmedTimers);
    }

    [Fact]
    public void A_burst_that_fits_is_not_offered_and_of_a_longer_one_what_is_evicted()
    {
        int next = 0;
        while (next < Capacity)
        {
            Assert.True(Come(_tier, Apart(next++)));
            Assert.Empty(_tier.Taken);
        }

        while (next < 3 * Capacity)
        {
            Assert.True(Come(_tier, Apart(next++)));
            Assert.Equal([.. Enumerable.Range(0, next - Capacity).Select(static i => RangeOf(Apart(i)))], _tier.Taken);
        }

        _clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal([.. Enumerable.Range(0, next).Select(static i => RangeOf(Apart(i)))], _tier.Taken);
    }

    [Fact]
    public void What_is_evicted_is_offered_wherever_it_lies_and_whatever_it_goes_for()
    {
        var other = new OfferedBlocks(_cache);
        int[] blocks = [.. Enumerable.Range(0, 154).Select(static i => Apart(i * 79 % 154))];
        foreach (int block in blocks)
        {
            Assert.True(Come(_tier, block));
        }

        Come(other, 0, 16);

        Assert.Equal([.. blocks.Take(154 + 16 - Capacity).Order().Select(RangeOf)], _tier.Taken);
        Assert.Empty(other.Taken);
    }

    [Fact]
    public void What_was_freed_is_not_offered_any_more()
    {
        Come(_tier, 0, 40);
        _cache.Free(_tier.Map);
        Come(_tier, 40, Capacity);
        Assert.Empty(_tier.Taken);

        Come(_tier, 40 + Capacity, 2);
        _clock.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal([(40 * B, (42 + Capacity) * B)], _tier.Taken);
    }

    [Fact]
    public void A_tier_that_has_no_room_gets_the_rest_when_it_has()
    {
        Come(_tier, 0, 40);
        int room = 0;
        _tier.HasRoom = () => room-- > 0;
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Empty(_tier.Taken);

        room = int.MaxValue;
        _tier.Pending.OnDrained();

        Assert.Equal([(0, 40 * B)], _tier.Taken);
    }

    [Fact]
    public void A_tier_that_never_has_room_costs_no_more_than_some_thousand_ranges()
    {
        const int Most = 4096;
        BlockCache cache = CacheFilling.CreateCache(3 * Most, B);
        var tier = new OfferedBlocks(cache) { HasRoom = static () => false };
        for (int i = 1; i <= 3 * Most; i++)
        {
            cache.Load(tier.Map, 2 * i);
            Assert.Equal(i <= Most, tier.Pending.TryDefer(2L * i * B, ((2L * i) + 1) * B));
            if (i % Most == 0)
            {
                tier.Pending.OfferAllDeferred();
            }
        }

        tier.HasRoom = static () => true;
        tier.Pending.OnDrained();

        Assert.Equal(Most, tier.Taken.Length);
    }

    [Fact]
    public void However_scattered_what_stays_in_memory_is_it_is_offered()
    {
        const int Many = 10_000;
        BlockCache cache = CacheFilling.CreateCache(2 * Many, B);
        var tier = new OfferedBlocks(cache) { HasRoom = static () => false };
        cache.Load(tier.Map, 0, 2 * Many);
        Assert.True(tier.Pending.TryDefer(0, 2L * Many * B));

        // Every second one goes.
        byte[] bytes = new byte[B];
        for (long block = 1; block < 2 * Many; block += 2)
        {
            tier.Pending.OfferEvicted(block * B, bytes);
        }

        tier.Pending.OfferAllDeferred();
        tier.Pending.OnDrained();
        tier.HasRoom = static () => true;
        tier.Pending.OnDrained();

        Assert.Equal([.. Enumerable.Range(0, Many).Select(static i => RangeOf(2 * i))], tier.Taken);
    }

    [Fact]
    public void What_has_no_room_when_it_is_evicted_is_lost_and_what_stays_in_memory_is_not()
    {
        _tier.HasRoom = static () => false;
        Come(_tier, 0, Capacity);
        Come(_tier, Capacity, 10);
        _clock.Advance(TimeSpan.FromMilliseconds(200));

        _tier.HasRoom = static () => true;
        _tier.Pending.OnDrained();

        Assert.Equal([(10 * B, (Capacity + 10) * B)], _tier.Taken);
    }

    [Fact]
    public void What_was_turned_down_is_offered_once_more_when_it_is_evicted()
    {
        _tier.HasRoom = static () => false;
        Come(_tier, 0, Capacity);
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        _tier.HasRoom = static () => true;

        Come(_tier, Capacity, 10);

        Assert.Equal([(0, 10 * B)], _tier.Taken);
    }

    [Fact]
    public void What_comes_while_all_is_offered_is_offered_next()
    {
        bool isFirst = true;
        _tier.HasRoom = () =>
        {
            if (isFirst)
            {
                isFirst = false;
                Assert.True(Come(_tier, 9));
            }

            return true;
        };
        Come(_tier, 0);
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal([(0, B)], _tier.Taken);

        _clock.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal([(0, B), (9 * B, 10 * B)], _tier.Taken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nothing_that_stays_in_memory_is_lost_however_many_come_at_once(int seed)
    {
        const int Threads = 4;
        const int Each = 200;
        BlockCache cache = CacheFilling.CreateCache(Threads * Each, B);
        using var bursts = new BurstDeferral(_clock);
        OfferedBlocks[] tiers = [.. Enumerable.Range(0, 2).Select(_ => new OfferedBlocks(cache))];
        int offers = seed;
        foreach (OfferedBlocks tier in tiers)
        {
            tier.HasRoom = () => Interlocked.Increment(ref offers) % 3 != 0;
        }

        ConcurrentThreads.Run(
            Threads,
            thread =>
            {
                var random = new Random(seed + thread);
                for (int i = 0; i < Each; i++)
                {
                    OfferedBlocks tier = tiers[thread % 2];
                    int block = ((i * Threads) + thread) / 2;
                    cache.Load(tier.Map, block);
                    Assert.True(bursts.TryDefer(tier.Pending, block * B, (block + 1) * B));
                    switch (random.Next(3))
                    {
                        case 1:
                            tier.Pending.OnDrained();
                            break;
                        case 2:
                            _clock.Advance(TimeSpan.FromMilliseconds(200));
                            break;
                    }
                }
            });

        bursts.Dispose();
        foreach (OfferedBlocks tier in tiers)
        {
            tier.HasRoom = static () => true;
            tier.Pending.OnDrained();
            Assert.Equal([(0, Threads * Each * B / 2)], tier.Taken);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nothing_that_is_evicted_is_lost_however_many_come_at_once(int seed)
    {
        const int Threads = 4;
        const int Each = 500;
        using var bursts = new BurstDeferral(_clock);
        OfferedBlocks[] tiers = [.. Enumerable.Range(0, 2).Select(_ => new OfferedBlocks(_cache))];
        ConcurrentThreads.Run(
            Threads,
            thread =>
            {
                var random = new Random(seed + thread);
                OfferedBlocks tier = tiers[thread % 2];
                int next = thread / 2 * 1_000_000;
                int end = next + Each;
                while (next < end)
                {
                    int count = Math.Min(random.Next(1, 8), end - next);
                    Load(tier, next, count, (first, last) => Assert.True(bursts.TryDefer(tier.Pending, first * B, last * B)));
                    next += count;
                }
            });

        Assert.True(_cache.Evictions > 0);
        bursts.Dispose();
        Assert.All(tiers, static tier => Assert.Equal([(0, Each * B), (1_000_000L * B, (1_000_000L + Each) * B)], tier.Taken));
    }

    /// <summary>Blocks that are no neighbours.</summary>
    private static int Apart(int number) => 2 * number;

    private static (long Start, long End) RangeOf(int block) => ((long)block * B, (block + 1L) * B);

    private bool Come(OfferedBlocks tier, int first, int count = 1)
    {
        bool isDeferred = true;
        Load(tier, first, count, (start, end) => isDeferred &= _bursts.TryDefer(tier.Pending, start * B, end * B));
        return isDeferred;
    }

    /// <summary>As a fetch does it: the blocks are offered between publishing and admitting, while they cannot be evicted.</summary>
    private void Load(OfferedBlocks tier, int first, int count, Action<long, long> offer)
    {
        FakeLoad load = FakeLoad.TryStart(_cache, tier.Map, first, count)!;
        Assert.Equal(count, load.Slots.Length);
        load.Publish(count, () => offer(first, first + count));
        load.Finish();
    }
}
