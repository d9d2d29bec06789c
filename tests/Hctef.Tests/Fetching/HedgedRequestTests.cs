using Hctef.Fetching;
using Hctef.Files;
using Hctef.Tests.Files;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Fetching;

/// <summary>Late requests on the wire: when a second one races them, and what becomes of the loser.</summary>
public sealed class HedgedRequestTests : IAsyncLifetime
{
    private const int Length = 8 << 20;
    private static readonly TimeSpan LeastDelay = TimeSpan.FromMilliseconds(50);

    private readonly SleepingClock _clock = new();
    private FileRig _rig = null!;
    private ServedFile _served = null!;
    private RemoteFile _file = null!;
    private int _hedges;

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        await _rig.WhenQuietAsync();
        _file.Dispose();
        await _rig.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_late_reply_is_overtaken_and_its_request_dropped(bool sync)
    {
        ResponseGate first = HoldRequest(1);
        Task read = _file.AssertReadsAsync(_served, 0, 100, sync);
        await SleepAsync(first, LeastDelay);
        await read;

        Assert.Equal(["bytes=0-16383", "bytes=0-16383"], _rig.Ranges);
        await _served.WhenAborted(1).WaitAsync(FileRig.HangGuard);
        await FetchRig.Eventually(() => _rig.Gate.Taken == 0, "the loser's permit");
        Assert.False(first.IsReleased);
        Assert.Equal((1, 3), (_file.Source.Counters.Hedges, _file.GetStatistics().Requests));
    }

    [Fact]
    public async Task A_late_reply_that_comes_first_all_the_same_wins()
    {
        ResponseGate first = HoldRequest(1);
        ResponseGate second = HoldRequest(2);
        Task read = _file.AssertReadsAsync(_served, 0, 100);
        await SleepAsync(first, LeastDelay);
        await second.Reached.WaitAsync(FileRig.HangGuard);
        Assert.Equal(2, _rig.Gate.Taken);
        first.Release();
        await read;

        await _served.WhenAborted(1).WaitAsync(FileRig.HangGuard);
        await FetchRig.Eventually(() => _rig.Gate.Taken == 0, "the loser's permit");
        Assert.True(_rig.Server.Log.Single(static request => request.Number == 2).Aborted);
    }

    [Fact]
    public async Task Late_is_twice_the_tail()
    {
        Measure(TimeSpan.FromMilliseconds(40));
        ResponseGate first = HoldRequest(1);
        Task read = _file.AssertReadsAsync(_served, 0, 100);
        await SleepAsync(first, TimeSpan.FromMilliseconds(80));
        await read;
        Assert.Equal(2, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task What_a_loser_took_counts_as_its_time_at_the_least()
    {
        Measure(TimeSpan.FromMilliseconds(1), times: 58);
        for (int i = 0; i < 5; i++)
        {
            _file.Source.Host.Hedges.CountRequests(34);
            int bytes = 16 * 1024;
            ResponseGate first = HoldRequest((2 * i) + 1);
            Task read = _file.AssertReadsAsync(_served, i * bytes, bytes);
            await SleepAsync(first, LeastDelay);
            await read;
        }

        Assert.Equal(LeastDelay, _file.Source.Host.Model.TailLatency);
    }

    [Fact]
    public async Task A_cancelled_read_ends_both_requests()
    {
        ResponseGate first = HoldRequest(1);
        ResponseGate second = HoldRequest(2);
        using var cancellation = new CancellationTokenSource();
        Task<int> read = _file.ReadAsync(new byte[256 * 1024], 0, cancellation.Token).AsTask();
        await SleepAsync(first, LeastDelay);
        await second.Reached.WaitAsync(FileRig.HangGuard);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        await _served.WhenAborted(2).WaitAsync(FileRig.HangGuard);
        await FetchRig.Eventually(() => _rig.Gate.Taken == 0, "both permits");
        await _file.AssertReadsAsync(_served, 0, 256 * 1024);
    }

    [Fact]
    public async Task Without_budget_there_is_no_second()
    {
        Assert.True(_file.Source.Host.Hedges.TrySpend());
        await AssertNotRacedAsync();
    }

    [Fact]
    public async Task A_host_that_pushes_back_is_not_asked_twice()
    {
        HostPermit refused = _rig.Gate.TryTake()!;
        refused.Failed(new HctefNetworkException(HctefNetworkError.Connection, "Reset."));
        refused.Dispose();
        await AssertNotRacedAsync();
    }

    [Fact]
    public async Task Without_a_free_permit_there_is_no_second()
    {
        List<HostPermit> others = [];
        while (_rig.Gate.Taken < _rig.Gate.Limit - 1)
        {
            others.Add(_rig.Gate.TryTake()!);
        }

        await AssertNotRacedAsync();
        others.ForEach(static permit => permit.Dispose());
    }

    [Fact]
    public async Task What_no_reader_waits_for_may_be_late()
    {
        ResponseGate first = HoldRequest(1);
        Task prefetch = _file.PrefetchAsync([new ByteRange(0, 100)]).AsTask();
        await SleepAsync(first, LeastDelay);
        first.Release();
        await prefetch.WaitAsync(FileRig.HangGuard);
        Assert.Equal((1, 0), (_rig.Server.RequestCount, _file.Source.Counters.Hedges));
    }

    [Fact]
    public async Task Before_twenty_replies_nothing_is_late()
    {
        await DisposeAsync();
        await StartAsync(samples: HostModel.MinSamplesOfTail - 1);
        await _file.AssertReadsAsync(_served, 0, 100);
        Assert.Empty(_clock.Sleeps);
    }

    [Fact]
    public async Task Nothing_is_raced_unless_it_is_asked_for()
    {
        await DisposeAsync();
        await StartAsync(hedging: false);
        await _file.AssertReadsAsync(_served, 0, 100);
        Assert.Empty(_clock.Sleeps);
    }

    private async Task AssertNotRacedAsync()
    {
        ResponseGate first = HoldRequest(1);
        Task read = _file.AssertReadsAsync(_served, 0, 100);
        await SleepAsync(first, LeastDelay);
        first.Release();
        await read;
        Assert.Equal((1, 0), (_rig.Server.RequestCount, _file.Source.Counters.Hedges));
    }

    private ResponseGate HoldRequest(int number) => _served.HoldHeaders(request => request.Number == number);

    /// <summary>Lets the time pass that somebody waits for, once a request waits at its gate. Each test waits for one such time.</summary>
    private async Task SleepAsync(ResponseGate gate, TimeSpan expected)
    {
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        _hedges++;
        await FetchRig.Eventually(() => _clock.Sleeps.Count(sleep => sleep == expected) == _hedges, $"a wait of {expected}");
        _clock.Advance(expected);
    }

    private async Task StartAsync(bool hedging = true, int samples = HostModel.MinSamplesOfTail)
    {
        _rig = await FileRig.StartAsync(
            options =>
            {
                options.Transport.ConnectTimeout = SleepingClock.Never;
                options.Transport.FirstByteTimeout = SleepingClock.Never;
                options.Transport.IdleTimeout = SleepingClock.Never;
                options.Retry.Hedging = hedging;
            },
            _clock);
        _served = _rig.Server.Add("file.bin", Length);
        _file = (RemoteFile)await _rig.OpenColdAsync(_served);
        await _rig.ForgetAsync();
        Measure(TimeSpan.FromMilliseconds(10), samples);
    }

    private void Measure(TimeSpan firstByte, int times = 64)
    {
        for (int i = 0; i < times; i++)
        {
            _file.Source.Host.Model.AddFirstByte(firstByte);
        }
    }
}
