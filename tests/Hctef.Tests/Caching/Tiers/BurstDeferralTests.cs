using Hctef.Caching;
using Hctef.Caching.Tiers;

namespace Hctef.Tests.Caching.Tiers;

/// <summary>What comes in a burst stays in memory until readers rest, and is offered before it would be evicted.</summary>
public sealed class BurstDeferralTests : IDisposable
{
    private const int B = 512;

    /// <summary>The lead is four blocks.</summary>
    private const int Capacity = 128;

    private readonly ManualTimeProvider _clock = new();
    private readonly BlockCache _cache = CacheFilling.CreateCache(Capacity, B);
    private readonly BurstDeferral _bursts;
    private readonly OfferedBlocks _tier;

    public BurstDeferralTests()
    {
        _bursts = new BurstDeferral(_cache, _clock);
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
    public void Nothing_is_evicted_before_it_was_offered_and_a_burst_that_fits_is_hardly_offered_at_all()
    {
        int next = 0;
        while (next < Capacity - 4)
        {
            Assert.True(Come(_tier, Apart(next++)));
            Assert.Empty(_tier.Taken);
        }

        while (next < Capacity)
        {
            Assert.True(Come(_tier, Apart(next++)));
        }

        Assert.Equal([.. Enumerable.Range(0, 4).Select(static i => RangeOf(Apart(i)))], _tier.Taken);
        while (_cache.Evictions < (Capacity / 2) - 1)
        {
            Assert.True(Come(_tier, Apart(next++)));
            Assert.True(_tier.TakenBytes >= _cache.Evictions * B);
        }

        Assert.False(Come(_tier, Apart(next)));
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal([.. Enumerable.Range(0, next).Select(static i => RangeOf(Apart(i)))], _tier.Taken);
    }

    [Fact]
    public void The_oldest_goes_first_wherever_it_lies()
    {
        int[] blocks = [.. Enumerable.Range(0, 154).Select(static i => Apart(i * 79 % 154))];
        for (int i = 0; i < blocks.Length; i++)
        {
            Assert.True(Come(_tier, blocks[i]));
            Assert.Empty(blocks.Take((int)_cache.Evictions).Select(RangeOf).Except(_tier.Taken));
        }

        Assert.Equal([.. blocks.Take(blocks.Length - Capacity + 4).Order().Select(RangeOf)], _tier.Taken);
    }

    [Fact]
    public void What_lies_around_the_oldest_goes_with_it()
    {
        Come(_tier, Apart(1));
        Come(_tier, Apart(2));
        Come(_tier, Apart(1) + 1);

        _bursts.MakeRoom((Capacity - 4 - 3 + 1) * B);

        Assert.Equal([(Apart(1) * (long)B, (Apart(1) + 2) * (long)B)], _tier.Taken);
    }

    [Fact]
    public void One_that_comes_has_to_offer_no_more_than_some_for_others()
    {
        for (int i = 0; i < Capacity - 8; i++)
        {
            Come(_tier, Apart(i));
        }

        // Eight are free and four the lead.
        _bursts.MakeRoom(4 * B);
        Assert.Equal(0, _tier.TakenBytes);

        // Somebody takes the eight at once. For the next five are to be offered.
        lock (_cache.Gate)
            Assert.Equal(8, _cache.Reserve_NeedsLock(new int[8]));
        foreach (int offered in new[] { 2, 4, 5, 5 })
        {
            _bursts.MakeRoom(B);
            Assert.Equal(offered * B, _tier.TakenBytes);
        }
    }

    [Fact]
    public void What_was_freed_since_does_not_count_as_older()
    {
        for (int block = 0; block < 40; block++)
        {
            Come(_tier, block);
        }

        _clock.Advance(TimeSpan.FromMilliseconds(200));
        _cache.Free(_tier.Map);
        var next = new OfferedBlocks(_cache);
        for (int block = 0; block < 160; block++)
        {
            Come(next, block);
            Assert.True(next.TakenBytes >= _cache.Evictions * B);
        }
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
            Assert.True(tier.Pending.TryDefer(2L * i * B, ((2L * i) + 1) * B));
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
    public void What_has_no_room_when_memory_is_scarce_is_kept_for_later_with_what_was_not_tried()
    {
        _tier.HasRoom = static () => false;
        for (int block = 0; block < Capacity; block++)
        {
            Assert.True(Come(_tier, block));
        }

        _tier.HasRoom = static () => true;
        _tier.Pending.OnDrained();
        _clock.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal([(0, Capacity * B)], _tier.Taken);
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
        using var bursts = new BurstDeferral(cache, _clock);
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
                    switch (random.Next(4))
                    {
                        case 0:
                            bursts.MakeRoom(random.Next(100) * B);
                            break;
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

    /// <summary>Blocks that lie in areas of their own, so that none goes with another.</summary>
    private static int Apart(int number) => number * 16_384;

    private static (long Start, long End) RangeOf(int block) => ((long)block * B, (block + 1L) * B);

    /// <summary>As a fetch does it: room, the block, the offer.</summary>
    private bool Come(OfferedBlocks tier, int first, int count = 1)
    {
        _bursts.MakeRoom(count * B);
        _cache.Load(tier.Map, first, count);
        return _bursts.TryDefer(tier.Pending, (long)first * B, (first + count) * (long)B);
    }
}
