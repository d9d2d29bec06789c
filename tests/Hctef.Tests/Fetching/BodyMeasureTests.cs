using Hctef.Fetching;
using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>Which bodies measure how fast a host sends.</summary>
public sealed class BodyMeasureTests : IAsyncLifetime
{
    private const int B = FetchRig.BlockBytes;
    private const int Bytes = 32 * B;

    private readonly ManualTimeProvider _time = new();
    private readonly StubOrigin _origin = new(64 * B);
    private readonly FetchRig _rig;
    private RemoteFile _file = null!;

    public BodyMeasureTests() => _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(blocks: 1000), _time);

    private HostModel Model => _file.Source.Host.Model;

    public async Task InitializeAsync() => _file = await _rig.OpenHeldAsync(_origin);

    public async Task DisposeAsync()
    {
        await _rig.CheckSettledAsync(_file);
        _rig.Dispose();
    }

    [Fact]
    public async Task One_that_was_waited_for()
    {
        Task<int> read = _file.ReadAsync(new byte[Bytes], 0).AsTask();
        await BringAsync(B, Bytes, TimeSpan.FromMilliseconds(10));
        Assert.Equal(Bytes, await read.WaitAsync(FetchRig.HangGuard));
        await WhenQuietAsync();

        Assert.Equal(Bytes / 0.01, Model.MeasuredBytesPerSecond);
        Assert.Equal(Bytes * 100, _file.GetStatistics().EstimatedBytesPerSecond);
    }

    [Fact]
    public async Task One_that_broke_counts_for_what_it_brought()
    {
        Task<int> read = _file.ReadAsync(new byte[Bytes], 0).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        await reply.Body.WhenPending();
        _time.Advance(TimeSpan.FromMilliseconds(10));
        reply.Body.ReleaseTo(Bytes / 2);
        reply.Body.Break();
        _origin.Holds = false;

        // Time that passed before the break was seen would be the body's.
        await FetchRig.Eventually(() => Model.MeasuredBytesPerSecond is not null, "the broken body's measure");
        await FetchRig.Eventually(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(50));
                return read.IsCompleted;
            },
            "the resumed read");
        await WhenQuietAsync();

        Assert.Equal(Bytes / 2 / 0.01, Model.MeasuredBytesPerSecond);
    }

    [Fact]
    public async Task Not_one_that_lay_there_already()
    {
        _origin.Holds = false;
        await _file.ReadAsync(new byte[Bytes], 0).AsTask().WaitAsync(FetchRig.HangGuard);
        await WhenQuietAsync();
        Assert.Null(Model.MeasuredBytesPerSecond);
    }

    [Fact]
    public async Task Not_a_short_one()
    {
        Task<int> read = _file.ReadAsync(new byte[15 * B], 0).AsTask();
        await BringAsync(B, 15 * B, TimeSpan.FromMilliseconds(10));
        await read.WaitAsync(FetchRig.HangGuard);
        await WhenQuietAsync();
        Assert.Null(Model.MeasuredBytesPerSecond);
    }

    [Fact]
    public async Task Not_one_whose_reader_paused()
    {
        using FileCursor cursor = _file.OpenCursor(CursorCaching.Uncached);
        ValueTask<int> first = cursor.ReadAsync(new byte[B], 0, CancellationToken.None);
        StubReply reply = await _origin.WhenReply(1);
        await reply.Body.WhenPending();
        reply.Body.ReleaseAll();
        await first.AsTask().WaitAsync(FetchRig.HangGuard);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(63 * B, await cursor.ReadAsync(new byte[63 * B], B, CancellationToken.None).AsTask().WaitAsync(FetchRig.HangGuard));
        await WhenQuietAsync();

        Assert.Null(Model.MeasuredBytesPerSecond);
    }

    private async Task BringAsync(int first, int all, TimeSpan rest)
    {
        StubReply reply = await _origin.WhenReply(1);
        reply.Body.ReleaseTo(first);
        await reply.Body.WhenPending();
        _time.Advance(rest);
        reply.Body.ReleaseTo(all);
        reply.Body.ReleaseAll();
    }

    private Task WhenQuietAsync() => FetchRig.Eventually(() => _file.Source.Host.Gate.Taken == 0, "the permit");
}
