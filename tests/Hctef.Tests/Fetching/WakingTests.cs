using Hctef.Fetching;
using Hctef.Files;
using Hctef.Tests.Files;

namespace Hctef.Tests.Fetching;

/// <summary>Where readers go on: on the thread of a transfer that has ended, and nowhere else but on one of their own.</summary>
public sealed class WakingTests : IDisposable
{
    private const int B = FetchRig.BlockBytes;

    private readonly StubOrigin _origin = new(64 * B);
    private readonly FetchRig _rig;

    public WakingTests() => _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(blocks: 16));

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_reader_goes_on_here_or_elsewhere_as_told()
    {
        (bool here, bool elsewhere) = await OwnThread.RunAsync(() => (Wake(here: true), Wake(here: false)));
        Assert.True(here);
        Assert.False(elsewhere);

        static bool Wake(bool here)
        {
            var waiter = new BlockWaiter(from: 0, needed: 1, firstPin: 0, endPin: 0, awaited: true);
            Task<int> thread = ThreadOf(waiter);
            waiter.Wake(here);
            return thread.WaitAsync(FetchRig.HangGuard).GetAwaiter().GetResult() == Environment.CurrentManagedThreadId;
        }
    }

    [Fact]
    public void A_blocked_reader_is_woken_without_the_thread_pool()
    {
        var waiter = new BlockWaiter(from: 0, needed: 1, firstPin: 0, endPin: 0, awaited: false);
        waiter.Wake(here: false);
        Assert.True(waiter.Woken.IsCompleted);
    }

    [Fact]
    public async Task The_last_reader_goes_on_when_the_transfer_holds_nothing_any_more()
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        BlockFetch fetch = Create(file);
        Assert.True(fetch.TryJoin(0, 2 * B, pin: true, out BlockWaiter waiter, awaited: true));
        Task<(FetchState State, int Permits)> seen = waiter.Woken.ContinueWith(
            _ => (fetch.State, file.Source.Host.Gate.Taken),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        fetch.StartTransfer();
        (await _origin.WhenReply(1)).Body.ReleaseAll();

        Assert.Equal((FetchState.Closed, 0), await seen.WaitAsync(FetchRig.HangGuard));
        fetch.Leave(waiter, satisfied: true);
        await _rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task No_reader_goes_on_inside_the_read_of_another()
    {
        RemoteFile file = await _rig.OpenAsync();
        BlockFetch fetch = Create(file);
        Assert.True(fetch.TryJoin(0, 2 * B, pin: true, out BlockWaiter waiter, awaited: true));
        Task<int> thread = ThreadOf(waiter);
        bool inside = await OwnThread.RunAsync(() =>
        {
            fetch.StartTransfer();
            Assert.Equal(FetchState.Closed, fetch.State);
            return thread.WaitAsync(FetchRig.HangGuard).GetAwaiter().GetResult() == Environment.CurrentManagedThreadId;
        });

        Assert.False(inside);
        fetch.Leave(waiter, satisfied: true);
        await _rig.CheckSettledAsync(file);
    }

    private static Task<int> ThreadOf(BlockWaiter waiter) => waiter.Woken.ContinueWith(
        static _ => Environment.CurrentManagedThreadId,
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private static BlockFetch Create(RemoteFile file)
    {
        RangeSource source = file.Source;
        int[] slots = new int[2];
        lock (source.Cache.Gate)
        {
            Assert.Equal(slots.Length, source.Cache.Reserve_NeedsLock(slots));
            return BlockFetch.Create_NeedsLock(source, 0, slots, 2 * B, FetchPriority.Demand);
        }
    }
}
