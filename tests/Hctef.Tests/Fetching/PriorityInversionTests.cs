using Hctef.Fetching;
using Hctef.Files;
using Hctef.Tests.Files;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Fetching;

/// <summary>A background request that a reader comes to wait for does not wait behind other background requests.</summary>
public sealed class PriorityInversionTests
{
    private const int Block = 16 * 1024;
    private const int Apart = 8 << 20;
    private const int Length = 64 << 20;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task M3_a_queued_prefetch_that_is_read_goes_out_next(bool sync)
    {
        await using FileRig rig = await FileRig.StartAsync(options => options.Transport.MaxConcurrencyPerHost = 1);
        ServedFile served = rig.Server.Add("file.bin", Length);
        using IRemoteFile file = await rig.OpenColdAsync(served);
        await rig.ForgetAsync();
        ResponseGate gate = served.HoldAt(0);
        Task[] prefetches = [.. Enumerable.Range(0, 4).Select(number => PrefetchAsync(file, number))];
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        await FetchRig.Eventually(() => rig.Gate.Waiting == 3, "the prefetches to queue");

        Task read = file.AssertReadsAsync(served, 3 * Apart, 100, sync);
        await FetchRig.Eventually(() => rig.Gate.WaitingDemand == 1, "the promotion");
        gate.Release();
        await read;
        await Task.WhenAll(prefetches).WaitAsync(FileRig.HangGuard);

        Assert.Equal([RangeOf(0), RangeOf(3), RangeOf(1), RangeOf(2)], rig.Ranges);
        await rig.WhenQuietAsync();
    }

    [Fact]
    public async Task M3_a_queued_prefetch_that_is_read_has_a_permit_that_is_kept_for_demand()
    {
        await using FileRig rig = await FileRig.StartAsync(options => options.Transport.MaxConcurrencyPerHost = 3);
        ServedFile served = rig.Server.Add("file.bin", Length);
        using IRemoteFile file = await rig.OpenColdAsync(served);
        await rig.ForgetAsync();
        ResponseGate gate = served.HoldAt(0);
        Task[] prefetches = [.. Enumerable.Range(0, 3).Select(number => PrefetchAsync(file, number))];
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        await FetchRig.Eventually(() => rig.Gate.Waiting == 2, "the prefetches to queue");

        await file.AssertReadsAsync(served, 2 * Apart, 100);
        Assert.Equal([RangeOf(0), RangeOf(2)], rig.Ranges);
        gate.Release();
        await Task.WhenAll(prefetches).WaitAsync(FileRig.HangGuard);
        Assert.Equal([RangeOf(0), RangeOf(2), RangeOf(1)], rig.Ranges);
    }

    [Fact]
    public async Task A_prefetch_that_is_read_while_its_retry_sleeps_asks_again_as_demand()
    {
        var time = new ManualTimeProvider();
        var origin = new StubOrigin(64 * FetchRig.BlockBytes);
        HctefOptions options = FetchRig.OptionsOf(blocks: 100);
        options.Transport.MaxConcurrencyPerHost = 4;
        using FetchRig rig = FetchRig.Create(origin, options, time);
        RemoteFile file = await rig.OpenAsync();
        HostGate gate = file.Source.Host.Gate;
        await FetchRig.Eventually(() => gate.Taken == 0, "the opening to end");
        int timers = time.ArmedTimers;
        origin.Instead = (_, _) => Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.InternalServerError));
        Task prefetch = file.PrefetchAsync([new ByteRange(0, 100)]).AsTask();
        await FetchRig.Eventually(() => gate.Taken == 0 && time.ArmedTimers == timers + 1, "the retry to sleep");
        origin.Instead = null;
        HostPermit[] background = [gate.TryTake(FetchPriority.Background)!, gate.TryTake(FetchPriority.Background)!];
        Assert.Null(gate.TryTake(FetchPriority.Background));

        Task<int> read = file.ReadAsync(new byte[100], 0).AsTask();
        time.Advance(options.Retry.BaseDelay);
        Assert.Equal(100, await read.WaitAsync(FetchRig.HangGuard));
        await prefetch.WaitAsync(FetchRig.HangGuard);
        Array.ForEach(background, static permit => permit.Dispose());
        await rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task M5_files_on_one_host_take_turns()
    {
        await using FileRig rig = await FileRig.StartAsync(options => options.Transport.MaxConcurrencyPerHost = 1);
        ServedFile busy = rig.Server.Add("busy.bin", Length);
        using IRemoteFile busyFile = await rig.OpenColdAsync(busy);
        using IRemoteFile other = await rig.OpenColdAsync(rig.Server.Add("other.bin", Length));
        await rig.ForgetAsync();
        ResponseGate gate = busy.HoldAt(0);
        Task[] prefetches = [.. Enumerable.Range(0, 4).Select(number => PrefetchAsync(busyFile, number))];
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        await FetchRig.Eventually(() => rig.Gate.Waiting == 3, "the prefetches to queue");
        Task late = PrefetchAsync(other, 5);
        await FetchRig.Eventually(() => rig.Gate.Waiting == 4, "the other file's to queue");
        gate.Release();
        await Task.WhenAll([late, .. prefetches]).WaitAsync(FileRig.HangGuard);

        Assert.Equal(["/busy.bin", "/busy.bin", "/other.bin", "/busy.bin", "/busy.bin"], rig.Server.Log.Select(request => request.Path));
    }

    private static Task PrefetchAsync(IRemoteFile file, int number) =>
        file.PrefetchAsync([new ByteRange((long)number * Apart, Block)]).AsTask();

    private static string RangeOf(int number) => $"bytes={number * Apart}-{(number * Apart) + Block - 1}";
}
