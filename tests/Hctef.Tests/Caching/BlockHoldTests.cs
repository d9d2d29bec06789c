using Hctef.Caching;
using static Hctef.Tests.Caching.CacheFilling;

namespace Hctef.Tests.Caching;

/// <summary>Blocks that are held for the reader they were fetched ahead for.</summary>
public sealed class BlockHoldTests
{
    private const int Blocks = 20;

    private readonly BlockCache _cache = CreateCache(Blocks);
    private readonly BlockMap _map;
    private long _other = 10_000;

    public BlockHoldTests() => _map = _cache.CreateMap();

    [Fact]
    public void What_is_held_is_not_evicted_until_the_reader_has_passed_it()
    {
        BlockHold hold = Hold(first: 100, count: 8);
        LoadOthers(3 * Blocks);
        Assert.Equal("100 101 102 103 104 105 106 107", Ready(100, 108));

        Move(hold, position: 104, first: 100, end: 104);
        LoadOthers(3 * Blocks);
        Assert.Equal("104 105 106 107", Ready(100, 108));
        Assert.Equal(4, _cache.ReleaseHold(hold));
        _cache.CheckIntegrity([_map]);
    }

    [Fact]
    public void A_reader_that_goes_back_holds_what_lies_before_it()
    {
        BlockHold hold = Hold(first: 100, count: 8, backward: true);
        Move(hold, position: 103, first: 104, end: 108);
        LoadOthers(3 * Blocks);
        Assert.Equal("100 101 102 103", Ready(100, 108));
        _ = _cache.ReleaseHold(hold);
        _cache.CheckIntegrity([_map]);
    }

    [Fact]
    public void No_more_than_half_of_the_cache_is_held()
    {
        BlockHold hold = Create(position: 0);
        lock (_cache.Gate)
        {
            Assert.Equal(Blocks / 2, _cache.GrantAhead_NeedsLock(hold, Blocks));
        }
    }

    [Fact]
    public void Two_readers_share_evenly()
    {
        BlockHold one = Hold(first: 100, count: 8);
        BlockHold other = Create(position: 200);
        lock (_cache.Gate)
        {
            Assert.Equal(2, _cache.GrantAhead_NeedsLock(other, 8));
            Assert.Equal(0, _cache.GrantAhead_NeedsLock(one, 8));
        }

        Move(one, position: 105, first: 100, end: 105);
        lock (_cache.Gate)
        {
            Assert.Equal(5, _cache.GrantAhead_NeedsLock(other, 8));
            Assert.Equal(2, _cache.GrantAhead_NeedsLock(one, 8));
        }
    }

    [Fact]
    public void A_reader_that_rests_gives_way_to_one_that_moves()
    {
        BlockHold idle = Hold(first: 100, count: 8);
        BlockHold busy = Create(position: 200);
        for (int i = 0; i <= 2 * BlockHolds.IdleMoves; i++)
        {
            Move(busy, position: 200 + i, first: 200, end: 200);
        }

        lock (_cache.Gate)
        {
            Assert.Equal(8, _cache.GrantAhead_NeedsLock(busy, 8));
            Assert.Equal(0, _cache.GrantAhead_NeedsLock(idle, 1));
        }

        Assert.True(idle.IsReleased);
    }

    [Fact]
    public void Readers_that_rest_take_no_share_although_they_hold_nothing()
    {
        BlockHold busy = Create(position: 200);
        for (int i = 0; i < 1000; i++)
        {
            _ = Create(position: 100);
        }

        for (int i = 0; i <= BlockHolds.MostCounted * BlockHolds.IdleMoves; i++)
        {
            Move(busy, position: 200 + i, first: 200, end: 200);
        }

        lock (_cache.Gate)
        {
            Assert.Equal(8, _cache.GrantAhead_NeedsLock(busy, 8));
        }
    }

    [Fact]
    public async Task A_large_step_takes_no_longer_than_a_small_one()
    {
        const long Far = 1L << 40;
        BlockHold hold = Hold(first: 100, count: 2);
        FakeLoad ahead = FakeLoad.TryStart(_cache, _map, Far, 2, hold)!;
        ahead.Publish(2);
        ahead.Finish();

        await Task.Run(() => Move(hold, position: Far + 1, first: 100, end: Far + 1)).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(1, hold.Reserved);
        LoadOthers(3 * Blocks);
        Assert.Equal(BlockState.Ready, _cache.StateOf(_map, Far + 1));
        Assert.Equal(string.Empty, Ready(100, 102));
        _cache.CheckIntegrity([_map]);
    }

    [Fact]
    public void A_reader_that_moves_allocates_nothing_however_many_others_read()
    {
        BlockHold[] holds = [.. Enumerable.Range(0, 100).Select(i => Create(position: 100 * i))];
        MoveAll(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        MoveAll(2);

        // A list that allocates with each move is one that is searched with each move, under the lock of all misses.
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void MoveAll(int by)
        {
            for (int i = 0; i < holds.Length; i++)
            {
                Move(holds[i], position: (100 * i) + by, first: (100 * i) + by, end: (100 * i) + by);
            }
        }
    }

    [Fact]
    public void Demand_takes_held_memory_and_a_guess_does_not()
    {
        // Everything that is not held is loading: nothing can be evicted.
        BlockHold hold = Hold(first: 100, count: Blocks / 2);
        FakeLoad rest = FakeLoad.TryStart(_cache, _map, 500, Blocks / 2)!;
        int[] slots = new int[2];
        lock (_cache.Gate)
        {
            Assert.Equal(0, _cache.Reserve_NeedsLock(slots, forGuess: true));
            Assert.False(hold.IsReleased);
            Assert.Equal(2, _cache.Reserve_NeedsLock(slots));
        }

        Assert.True(hold.IsReleased);
        _cache.Release(slots);
        rest.Finish();
        _cache.CheckIntegrity([_map]);
    }

    [Fact]
    public void Blocks_that_arrive_after_their_hold_was_released_are_evictable()
    {
        BlockHold hold = Create(position: 100);
        FakeLoad load = FakeLoad.TryStart(_cache, _map, 100, 4, hold)!;
        _ = _cache.ReleaseHold(hold);
        load.Publish(4);
        load.Finish();
        _cache.CheckIntegrity([_map]);
        LoadOthers(3 * Blocks);
        Assert.Equal(string.Empty, Ready(100, 104));
    }

    [Fact]
    public void Blocks_that_the_reader_passed_before_they_arrived_are_not_held()
    {
        BlockHold hold = Create(position: 100);
        FakeLoad load = FakeLoad.TryStart(_cache, _map, 100, 4, hold)!;
        Move(hold, position: 103, first: 100, end: 103);
        load.Publish(4);
        load.Finish();
        Assert.Equal(1, hold.Blocks.Count);
        Assert.Equal(1, hold.Reserved);
        _cache.CheckIntegrity([_map]);
    }

    [Fact]
    public void A_load_that_fails_gives_back_what_it_had_reserved()
    {
        BlockHold hold = Create(position: 100);
        FakeLoad load = FakeLoad.TryStart(_cache, _map, 100, 4, hold)!;
        load.Publish(1);
        load.Finish();
        Assert.Equal(1, hold.Reserved);
        _cache.CheckIntegrity([_map]);
    }

    [Fact]
    public void Dropping_the_version_frees_held_blocks()
    {
        BlockHold hold = Hold(first: 100, count: 8);
        _cache.Drop(_map);
        Assert.Equal(0, hold.Reserved);
        Assert.True(_map.IsEmpty);
        _cache.CheckIntegrity([_map]);
    }

    [Fact]
    public void Blocks_that_go_unread_are_counted_and_read_ones_are_not()
    {
        _cache.Load(_map, 100, 4);
        _cache.ReadVerified(_map, _cache.OffsetOf(100), 3 * _cache.BlockBytes);
        _cache.Drop(_map);
        Assert.Equal(_cache.BlockBytes, _map.UnusedBytes);
    }

    [Fact]
    public void A_reader_s_own_blocks_count_for_their_version()
    {
        BlockMap own = _cache.CreateMap(_map);
        _cache.Load(own, 100, 2);
        _cache.Drop(own);
        Assert.Equal(2 * _cache.BlockBytes, _map.UnusedBytes);
    }

    [Fact]
    public void What_is_kept_gives_way_to_nobody_and_guesses_give_way_to_it()
    {
        BlockHold guess = Hold(first: 100, count: 8);
        BlockHold kept = _cache.CreateKept();
        lock (_cache.Gate)
        {
            Assert.True(_cache.TryKeep_NeedsLock(6));
        }

        Assert.Equal(0, _cache.ReleaseHold(guess));
        FakeLoad load = FakeLoad.TryStart(_cache, _map, 200, 6, kept)!;
        load.Publish(6);
        load.Finish();
        LoadOthers(3 * Blocks);
        BlockHold other = Create(position: 300);
        lock (_cache.Gate)
        {
            Assert.Equal((Blocks / 2) - 6, _cache.GrantAhead_NeedsLock(other, Blocks));
            Assert.False(_cache.TryKeep_NeedsLock(5));
            Assert.True(_cache.TryKeep_NeedsLock(4));
        }

        Assert.Equal("200 201 202 203 204 205", Ready(200, 206));
        Assert.Equal(6, _cache.ReleaseHold(kept));
        LoadOthers(3 * Blocks);
        Assert.Equal("", Ready(200, 206));
        _cache.CheckIntegrity([_map]);
    }

    private BlockHold Create(long position, bool backward = false)
    {
        lock (_cache.Gate)
        {
            return _cache.CreateHold_NeedsLock(position, backward);
        }
    }

    private BlockHold Hold(long first, int count, bool backward = false)
    {
        BlockHold hold = Create(backward ? first + count - 1 : first, backward);
        FakeLoad load = FakeLoad.TryStart(_cache, _map, first, count, hold)!;
        load.Publish(count);
        load.Finish();
        return hold;
    }

    private void Move(BlockHold hold, long position, long first, long end)
    {
        lock (_cache.Gate)
        {
            _cache.MoveHold_NeedsLock(hold, position, _map, first, end);
        }
    }

    private void LoadOthers(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _cache.Load(_map, _other++);
        }
    }

    private string Ready(long first, long end) => string.Join(
        ' ', Enumerable.Range((int)first, (int)(end - first)).Where(block => _cache.StateOf(_map, block) == BlockState.Ready));
}
