using Hctef.Caching;
using static Hctef.Tests.Caching.CacheFilling;

namespace Hctef.Tests.Caching;

/// <summary>What is evicted is handed over before it is overwritten.</summary>
public sealed partial class BlockCacheTests
{
    private const int VictimBytes = 512;

    [Fact]
    public void Victims_are_handed_over_with_their_bytes_and_neighbours_together()
    {
        BlockCache cache = CreateCache(8, VictimBytes);
        BlockMap map = cache.CreateMap();
        var victims = new SeenVictims(map);
        cache.Load(map, 10, 3);
        cache.Load(map, 20, 2);
        cache.Load(map, 30, 3);
        Assert.Empty(victims.Seen);

        BlockMap other = cache.CreateMap();
        cache.Load(other, 0, 7);

        Assert.Equal([(10 * VictimBytes, 3 * VictimBytes), (20 * VictimBytes, 2 * VictimBytes), (30 * VictimBytes, 2 * VictimBytes)], victims.Seen);
        cache.CheckIntegrity([map, other]);
    }

    [Fact]
    public void Victims_in_two_segments_of_the_pool_come_one_after_the_other()
    {
        const int MiB = 1024 * 1024;
        BlockCache cache = CreateCache(66, MiB);
        BlockMap map = cache.CreateMap();
        var victims = new SeenVictims(map);
        cache.Load(cache.CreateMap(), 0, 62);
        cache.Load(map, 0, 4);

        cache.Load(cache.CreateMap(), 0, 66);

        Assert.Equal([(0L, 2 * MiB), (2L * MiB, 2 * MiB)], victims.Seen);
    }

    [Fact]
    public void Victims_that_nobody_wants_are_not_noted()
    {
        BlockCache cache = CreateCache(4, VictimBytes);
        BlockMap map = cache.CreateMap();
        var victims = new SeenVictims(map) { AreWanted = false };
        cache.Load(map, 0, 4);
        int[] slots = new int[2];
        lock (cache.Gate)
        {
            Assert.Equal(2, cache.Reserve_NeedsLock(slots));
            victims.AreWanted = true;
            Assert.Null(cache.TakeVictims_NeedsLock(slots));
        }
    }

    [Fact]
    public void Victims_in_slots_that_are_given_back_are_not_handed_to_who_gets_them_next()
    {
        BlockCache cache = CreateCache(4, VictimBytes);
        BlockMap map = cache.CreateMap();
        var victims = new SeenVictims(map);
        cache.Load(map, 0, 4);
        int[] slots = new int[2];
        lock (cache.Gate)
        {
            Assert.Equal(2, cache.Reserve_NeedsLock(slots));
        }

        // Somebody may have written to them by now.
        cache.Run(slots, 2).Span.Clear();
        cache.Release(slots);
        cache.Load(cache.CreateMap(), 0, 2);

        Assert.Empty(victims.Seen);
        cache.Load(cache.CreateMap(), 0);
        Assert.Equal([(2 * VictimBytes, VictimBytes)], victims.Seen);
    }

    [Fact]
    public void Victims_whose_slots_are_claimed_without_being_handed_over_are_forgotten()
    {
        BlockCache cache = CreateCache(1, VictimBytes);
        BlockMap map = cache.CreateMap();
        var victims = new SeenVictims(map);
        cache.Load(map, 0);
        BlockMap other = cache.CreateMap();
        Assert.True(cache.LoadEnd(other, 5, 100));

        cache.Load(other, 5);

        Assert.Empty(victims.Seen);
    }

    [Fact]
    public void The_end_of_a_block_is_no_victim()
    {
        BlockCache cache = CreateCache(1, VictimBytes);
        BlockMap map = cache.CreateMap();
        var victims = new SeenVictims(map);
        Assert.True(cache.LoadEnd(map, 0, 100));

        cache.Load(cache.CreateMap(), 0);

        Assert.Empty(victims.Seen);
    }

    [Fact]
    public void Blocks_that_are_freed_are_no_victims()
    {
        BlockCache cache = CreateCache(4, VictimBytes);
        BlockMap map = cache.CreateMap();
        var victims = new SeenVictims(map);
        cache.Load(map, 0, 4);

        cache.Free(map);
        cache.Load(cache.CreateMap(), 0, 4);

        Assert.Empty(victims.Seen);
    }
}
