using Hctef.Fetching;
using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>What nobody wants any more is received to its end only where another connection would cost more.</summary>
public sealed class DrainTests : IDisposable
{
    private const int FileBytes = 4 << 20;
    private const int Received = 8 * FetchRig.BlockBytes;

    private readonly ManualTimeProvider _time = new();
    private readonly StubOrigin _origin = new(FileBytes);
    private readonly FetchRig _rig;

    public DrainTests() => _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(blocks: 2000), _time);

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(300_000, 1, true)]
    [InlineData(300_000, 10, false)]
    [InlineData(700_000, 10, false)]
    [InlineData(700_000, 100, false)]
    [InlineData(2_000_000, 1000, true)]
    public async Task An_abandoned_body_is_dropped_or_drained_by_what_the_host_was_measured_to_cost(int missing, int latencyMs, bool drops)
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        Measure(file.Source.Host.Model, latencyMs);
        file.Source.Host.Costs = new FixedCosts { DrainBytes = file.Source.Host.Model.DrainBytes };
        using var cancellation = new CancellationTokenSource();
        Task<int> read = file.ReadAsync(new byte[Received + missing], 0, cancellation.Token).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        reply.Body.ReleaseTo(Received);
        await reply.Body.WhenPending();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);

        if (drops)
        {
            await reply.Body.Disposed.WaitAsync(FetchRig.HangGuard);
        }
        else
        {
            Assert.False(reply.Body.Disposed.IsCompleted);
            reply.Body.ReleaseAll();
            await FetchRig.Eventually(() => file.GetCachedRanges().Sum(static range => range.Length) >= Received + missing, "the rest");
        }

        await _rig.CheckSettledAsync(file);
        Assert.Single(_origin.Ranges);
    }

    [Fact]
    public async Task What_was_not_sent_yet_is_given_up_however_little_it_is()
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        Task<HostPermit>[] taken = [.. Enumerable.Range(0, file.Source.Host.Gate.Free).Select(_ =>
            file.Source.Host.Gate.AcquireAsync(FetchPriority.Demand, file, CancellationToken.None).AsTask())];
        using var cancellation = new CancellationTokenSource();
        Task<int> read = file.ReadAsync(new byte[100], 0, cancellation.Token).AsTask();
        await FetchRig.Eventually(() => file.Source.Host.Gate.Waiting == 1, "the request to wait for a permit");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);

        foreach (Task<HostPermit> permit in taken)
        {
            (await permit).Dispose();
        }

        await _rig.CheckSettledAsync(file);
        Assert.Empty(_origin.Ranges);
    }

    [Fact]
    public async Task L2_what_sleeps_is_given_up_however_little_it_is()
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        int asked = 0;
        _origin.Instead = (_, _) =>
        {
            Interlocked.Increment(ref asked);
            return Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.ServiceUnavailable));
        };
        using var cancellation = new CancellationTokenSource();
        Task<int> read = file.ReadAsync(new byte[100], 0, cancellation.Token).AsTask();
        await FetchRig.Eventually(() => _time.ArmedTimers == 1, "the retry to sleep");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);

        // The clock stands: what slept has ended without it.
        await _rig.CheckSettledAsync(file);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task L2_what_is_drained_is_not_asked_again_when_it_breaks()
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        using var cancellation = new CancellationTokenSource();
        Task<int> read = file.ReadAsync(new byte[100], 0, cancellation.Token).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        await reply.Body.WhenPending();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.False(reply.Body.Disposed.IsCompleted);

        int timers = _time.ArmedTimers;
        reply.Body.Break();
        await reply.Body.Disposed.WaitAsync(FetchRig.HangGuard);
        await FetchRig.Eventually(() => PassTime() && file.Source.Host.Gate.Taken == 0, "the fetch to end");

        await _rig.CheckSettledAsync(file);
        Assert.Single(_origin.Ranges);
        Assert.Empty(file.GetCachedRanges());

        bool PassTime()
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _time.ArmedTimers <= timers;
        }
    }

    [Theory]
    [InlineData(1, 10, 50)]
    [InlineData(20, 10, 60)]
    [InlineData(700, 10, 1000)]
    public async Task L2_a_request_that_is_not_answered_is_given_up_after_twice_the_time_it_should_take(int latencyMs, int drainMs, int givenMs)
    {
        _rig.Costs = new FixedCosts
        {
            Latency = TimeSpan.FromMilliseconds(latencyMs),
            BytesPerSecond = 65536e3 / drainMs,
            DrainBytes = 65536,
        };
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _origin.Instead = async (_, cancellation) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return null!;
        };
        using var cancellation = new CancellationTokenSource();
        Task<int> read = file.ReadAsync(new byte[100], 0, cancellation.Token).AsTask();
        await asked.Task.WaitAsync(FetchRig.HangGuard);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);

        _time.Advance(TimeSpan.FromMilliseconds(givenMs) - TimeSpan.FromTicks(1));
        Assert.Equal(1, file.Source.Host.Gate.Taken);
        _time.Advance(TimeSpan.FromTicks(1));

        // Its permit comes back without a timeout, and its blocks are absent for whoever comes next.
        await _rig.CheckSettledAsync(file);
        _origin.Instead = null;
        _origin.Holds = false;
        await file.ReadAsync(new byte[100], 0).AsTask().WaitAsync(FetchRig.HangGuard);
        Assert.Single(_origin.Ranges);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task L2_a_drain_that_takes_longer_than_another_connection_ends(bool trickles)
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        StubReply reply = await AbandonAsync(file);
        _time.Advance(HctefDefaults.MostDrainTime - TimeSpan.FromTicks(1));
        if (trickles)
        {
            reply.Body.ReleaseTo(FetchRig.BlockBytes + 1);
            await reply.Body.WhenPending();
        }

        Assert.False(reply.Body.Disposed.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));

        await reply.Body.Disposed.WaitAsync(FetchRig.HangGuard);
        await _rig.CheckSettledAsync(file);
        Assert.Equal(trickles ? [new ByteRange(0, FetchRig.BlockBytes)] : [], file.GetCachedRanges());
    }

    [Fact]
    public async Task A_drain_that_somebody_joins_has_all_the_time_it_takes()
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        StubReply reply = await AbandonAsync(file);
        Task<int> read = file.ReadAsync(new byte[100], FetchRig.BlockBytes).AsTask();
        _time.Advance(HctefDefaults.MostDrainTime);
        Assert.False(reply.Body.Disposed.IsCompleted);
        reply.Body.ReleaseAll();

        Assert.Equal(100, await read.WaitAsync(FetchRig.HangGuard));
        await _rig.CheckSettledAsync(file);
        Assert.Single(_origin.Ranges);
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task What_a_satisfied_reader_leaves_over_has_all_the_time_it_takes()
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin, minimumRequestBytes: 1 << 20);
        Task<int> read = file.ReadAsync(new byte[100], 0).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        reply.Body.ReleaseTo(FetchRig.BlockBytes);
        Assert.Equal(100, await read.WaitAsync(FetchRig.HangGuard));
        await reply.Body.WhenPending();
        _time.Advance(10 * HctefDefaults.MostDrainTime);
        Assert.False(reply.Body.Disposed.IsCompleted);
        reply.Body.ReleaseAll();

        await _rig.CheckSettledAsync(file);
        Assert.Equal([new ByteRange(0, 1 << 20)], file.GetCachedRanges());
    }

    /// <summary>Reads two blocks and gives up when their reply has begun.</summary>
    private async Task<StubReply> AbandonAsync(RemoteFile file)
    {
        using var cancellation = new CancellationTokenSource();
        Task<int> read = file.ReadAsync(new byte[2 * FetchRig.BlockBytes], 0, cancellation.Token).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        await reply.Body.WhenPending();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        return reply;
    }

    /// <summary>A latency, and a rate of a hundred million bytes per second.</summary>
    private void Measure(HostModel model, int latencyMs)
    {
        model.AddFirstByte(TimeSpan.FromMilliseconds(latencyMs));
        BodyTime body = model.BeginBody();
        _time.Advance(TimeSpan.FromMilliseconds(10));
        body.End(1_000_000, isMeasure: true);
    }
}
