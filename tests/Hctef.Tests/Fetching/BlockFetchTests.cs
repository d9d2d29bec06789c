using Hctef.Caching;
using Hctef.Fetching;
using Hctef.Files;
using Hctef.Tests.Caching;

namespace Hctef.Tests.Fetching;

/// <summary>A block fetch and those who join it, step by step.</summary>
public sealed class BlockFetchTests : IDisposable
{
    private const int B = FetchRig.BlockBytes;
    private const int Blocks = 8;
    private const int FileBytes = 64 * B;

    private readonly StubOrigin _origin = new(FileBytes);
    private FetchRig? _rig;

    private FetchRig Rig => _rig!;

    public void Dispose() => _rig?.Dispose();

    [Fact]
    public async Task A_waiters_block_survives_pressure_until_it_is_left()
    {
        RemoteFile file = await OpenAsync(Blocks);
        BlockFetch fetch = Start(file, 0, 2);
        Assert.True(fetch.TryJoin(10, B, pin: true, out BlockWaiter waiter));
        (await _origin.WhenReply(1)).Body.ReleaseAll();
        await waiter.Woken.WaitAsync(FetchRig.HangGuard);
        await WhenClosed(fetch);

        Assert.Equal(Blocks - 1, ReserveAll());
        Assert.True(Holds(file, 0));
        Assert.False(Holds(file, 1));

        fetch.Leave(waiter, satisfied: true);
        Assert.Equal(Blocks, ReserveAll());
        Assert.False(Holds(file, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_waiter_that_leaves_early_or_fails_leaves_no_pin(bool fails)
    {
        RemoteFile file = await OpenAsync(Blocks);
        BlockFetch fetch = Start(file, 0, 4);
        Assert.True(fetch.TryJoin(0, 4 * B, pin: true, out BlockWaiter waiter));
        StubReply reply = await _origin.WhenReply(1);
        if (fails)
        {
            reply.Body.ReleaseTo((2 * B) + 1);
            reply.Body.Break(new HttpIOException(HttpRequestError.InvalidResponse));
            await waiter.Woken.WaitAsync(FetchRig.HangGuard);
            Assert.NotNull(waiter.Failure);
        }
        else
        {
            fetch.Leave(waiter, satisfied: false);
            reply.Body.ReleaseAll();
        }

        await WhenClosed(fetch);
        Assert.Equal(Blocks, ReserveAll());
        if (fails)
        {
            fetch.Leave(waiter, satisfied: false);
        }

        Assert.Equal(Blocks, ReserveAll());
        await Rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task Waiters_are_woken_as_their_bytes_land_and_no_sooner()
    {
        RemoteFile file = await OpenAsync(Blocks);
        BlockFetch fetch = Start(file, 0, 4);
        BlockWaiter[] waiters = [.. Enumerable.Range(1, 4).Select(end =>
        {
            Assert.True(fetch.TryJoin(0, (end * B) - 5, pin: true, out BlockWaiter waiter));
            return waiter;
        })];
        StubReply reply = await _origin.WhenReply(1);
        for (int block = 0; block < 4; block++)
        {
            reply.Body.ReleaseTo(((block + 1) * B) - 1);
            await reply.Body.WhenPending();
            Assert.False(waiters[block].Woken.IsCompleted);
            reply.Body.ReleaseTo((block + 1) * B);
            if (block == 3)
            {
                await reply.Body.WhenPending();
                Assert.False(waiters[block].Woken.IsCompleted);
                reply.Body.ReleaseAll();
            }

            await waiters[block].Woken.WaitAsync(FetchRig.HangGuard);
            Assert.Null(waiters[block].Failure);
        }

        Array.ForEach(waiters, waiter => fetch.Leave(waiter, satisfied: true));
        await Rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task What_is_published_cannot_be_joined_for_pinning_but_what_follows_can()
    {
        RemoteFile file = await OpenAsync(Blocks);
        BlockFetch fetch = Start(file, 0, 4);
        StubReply reply = await _origin.WhenReply(1);
        reply.Body.ReleaseTo(2 * B);
        await reply.Body.WhenPending();

        Assert.False(fetch.TryJoin(0, 4 * B, pin: true, out _));
        Assert.False(fetch.TryJoin((2 * B) - 1, 4 * B, pin: true, out _));
        Assert.False(fetch.TryJoin(0, 2 * B, pin: false, out _));
        Assert.True(fetch.TryJoin(0, 4 * B, pin: false, out BlockWaiter unpinned));
        Assert.True(fetch.TryJoin(2 * B, 4 * B, pin: true, out BlockWaiter pinned));
        reply.Body.ReleaseAll();
        await Task.WhenAll(unpinned.Woken, pinned.Woken).WaitAsync(FetchRig.HangGuard);
        fetch.Leave(unpinned, satisfied: true);
        fetch.Leave(pinned, satisfied: true);
        await WhenClosed(fetch);
        Assert.False(fetch.TryJoin(2 * B, 4 * B, pin: true, out _));
    }

    [Theory]
    [InlineData(17, true)]
    [InlineData(16, false)]
    public async Task The_last_who_cancels_closes_a_fetch_that_misses_more_than_it_is_worth(int missingBlocks, bool closes)
    {
        RemoteFile file = await OpenAsync(blocks: 40);
        BlockFetch fetch = Start(file, 0, 20);
        Assert.True(fetch.TryJoin(0, 20 * B, pin: true, out BlockWaiter waiter));
        StubReply reply = await _origin.WhenReply(1);
        reply.Body.ReleaseTo((20 - missingBlocks) * B);
        await reply.Body.WhenPending();
        fetch.LoseInterest(satisfied: false);
        Assert.True(fetch.TryJoin(19 * B, 20 * B, pin: true, out BlockWaiter other));
        fetch.Leave(other, satisfied: false);
        Assert.False(reply.Body.Disposed.IsCompleted);

        fetch.Leave(waiter, satisfied: false);

        Assert.Equal(!closes, fetch.TryJoin(19 * B, 20 * B, pin: true, out other));
        if (closes)
        {
            await reply.Body.Disposed.WaitAsync(FetchRig.HangGuard);
        }
        else
        {
            reply.Body.ReleaseAll();
            await other.Woken.WaitAsync(FetchRig.HangGuard);
            Assert.Null(other.Failure);
            fetch.Leave(other, satisfied: true);
        }

        await WhenClosed(fetch);
        Assert.Equal([new ByteRange(0, closes ? 3 * B : 20 * B)], file.GetCachedRanges());
        await Rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task A_fetch_that_starts_inside_a_block_keeps_its_end_as_a_partial_block()
    {
        RemoteFile file = await OpenAsync(Blocks);
        BlockFetch fetch = Start(file, 0, 2, start: 1000);
        StubReply reply = await _origin.WhenReply(1);
        Assert.Equal("1000-8192", reply.Range);
        lock (Rig.Cache.Gate)
        {
            Assert.Equal(BlockState.Absent, Rig.Cache.StateOf_NeedsLock(file.Source.Map, 0, out _));
            Assert.Equal(BlockState.Loading, Rig.Cache.StateOf_NeedsLock(file.Source.Map, 1, out _));
        }

        reply.Body.ReleaseAll();
        await WhenClosed(fetch);
        lock (Rig.Cache.Gate)
        {
            Assert.Equal(BlockState.Partial, Rig.Cache.StateOf_NeedsLock(file.Source.Map, 0, out _));
        }

        _origin.Holds = false;
        byte[] buffer = new byte[2 * B];
        foreach (int half in new[] { 0, B })
        {
            await file.ReadAsync(buffer.AsMemory(half, B), half).AsTask().WaitAsync(FetchRig.HangGuard);
        }

        Assert.True(_origin.Content.Matches(buffer, 0));
        Assert.Equal(["1000-8192", "0-1000"], _origin.Ranges);
        await Rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task A_partial_block_that_another_fetch_loads_by_then_is_given_back()
    {
        RemoteFile file = await OpenAsync(Blocks);
        BlockFetch fetch = Start(file, 0, 2, start: 1000);
        StubReply body = await _origin.WhenReply(1);
        Task<int> read = file.ReadAsync(new byte[10], 0).AsTask();
        StubReply whole = await _origin.WhenReply(2);
        Assert.Equal("0-4096", whole.Range);
        body.Body.ReleaseAll();
        await WhenClosed(fetch);
        whole.Body.ReleaseAll();
        await read.WaitAsync(FetchRig.HangGuard);

        await Rig.CheckSettledAsync(file);
        Assert.Equal(Blocks, ReserveAll());
    }

    [Fact]
    public async Task Blocks_without_memory_are_received_and_not_kept()
    {
        RemoteFile file = await OpenAsync(Blocks);
        BlockFetch fetch = Start(file, 0, 6, keeps: static block => block is 1 or 4 or 5);
        (await _origin.WhenReply(1)).Body.ReleaseAll();
        await WhenClosed(fetch);

        Assert.Equal([new ByteRange(B, B), new ByteRange(4 * B, 2 * B)], file.GetCachedRanges());
        _origin.Holds = false;
        byte[] buffer = new byte[6 * B];
        await file.ReadAsync(buffer, 0).AsTask().WaitAsync(FetchRig.HangGuard);
        Assert.True(_origin.Content.Matches(buffer, 0));
        await Rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task What_was_evicted_for_a_fetch_is_handed_over_before_its_memory_is_written_to_and_its_tail_is_given_away()
    {
        RemoteFile file = await OpenAsync(blocks: 8, new FixedCosts { Latency = TimeSpan.Zero });
        BlockMap other = Rig.Cache.CreateMap();
        var victims = new SeenVictims(other);
        Rig.Cache.Load(other, 0, 8);
        BlockFetch fetch = Create(file, first: 0, count: 8);
        bool seen = false;
        victims.OnTake = () =>
        {
            seen = true;
            Assert.Equal(FetchState.Queued, fetch.State);
            Assert.Empty(_origin.Replies);
            Assert.Null(fetch.TryGiveTail(6 * B, 7 * B));
        };

        fetch.StartTransfer();

        Assert.True(seen);
        Assert.Equal([(0, 8 * B)], victims.Seen);
        (await _origin.WhenReply(1)).Body.ReleaseAll();
        await WhenClosed(fetch);
        Assert.True(Holds(file, 0) && Holds(file, 7));
        fetch.LoseInterest(satisfied: true);
        await Rig.CheckSettledAsync(file);
    }

    private async Task<RemoteFile> OpenAsync(int blocks, FixedCosts? costs = null)
    {
        _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(blocks), new ManualTimeProvider());
        _rig.Costs = costs ?? new FixedCosts();
        return await _rig.OpenHeldAsync(_origin);
    }

    private BlockFetch Start(RemoteFile file, int first, int count, long? start = null, Func<int, bool>? keeps = null)
    {
        BlockFetch fetch = Create(file, first, count, start, keeps);
        fetch.StartTransfer();
        return fetch;
    }

    private BlockFetch Create(RemoteFile file, int first, int count, long? start = null, Func<int, bool>? keeps = null)
    {
        int[] slots = new int[count];
        lock (Rig.Cache.Gate)
        {
            for (int i = 0; i < count; i++)
            {
                slots[i] = -1;
                if (keeps?.Invoke(i) ?? true)
                {
                    Assert.Equal(1, Rig.Cache.Reserve_NeedsLock(slots.AsSpan(i, 1)));
                }
            }

            return BlockFetch.Create_NeedsLock(file.Source, start ?? ((long)first * B), slots, long.MaxValue, FetchPriority.Demand);
        }
    }

    private static Task WhenClosed(BlockFetch fetch) => FetchRig.Eventually(() => fetch.State == FetchState.Closed, "the fetch to close");

    private static bool Holds(RemoteFile file, int block) => file.GetCachedRanges().Any(
        range => range.Offset <= block * B && block * B < range.Offset + range.Length);

    /// <summary>Evicts all that can be.</summary>
    private int ReserveAll()
    {
        int[] slots = new int[Rig.Cache.Capacity];
        lock (Rig.Cache.Gate)
        {
            int got = Rig.Cache.Reserve_NeedsLock(slots);
            Rig.Cache.Release(slots.AsSpan(0, got));
            return got;
        }
    }
}
