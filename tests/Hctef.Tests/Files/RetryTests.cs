using System.Net;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Transient refusals: waited out on the clock that was registered, without a permit.</summary>
public sealed class RetryTests : IAsyncLifetime
{
    private const int Length = 1 << 20;
    private const int MaxRetries = 3;

    private readonly SleepingClock _clock = new();
    private FileRig _rig = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(
            options =>
            {
                options.Transport.ConnectTimeout = SleepingClock.Never;
                options.Transport.FirstByteTimeout = SleepingClock.Never;
                options.Transport.IdleTimeout = SleepingClock.Never;
                options.Retry.MaxRetries = MaxRetries;
                options.Retry.MaxDelay = TimeSpan.FromSeconds(1);
            },
            _clock);
        _served = _rig.Server.Add("file.bin", Length);
    }

    public async Task DisposeAsync()
    {
        await _rig.WhenQuietAsync();
        await _rig.DisposeAsync();
    }

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(504)]
    [InlineData(429)]
    [InlineData(408)]
    public async Task C4_C6_an_opening_waits_out_a_refusal_without_a_permit(int status)
    {
        _served.StatusOverride = new StatusOverride(status, times: 1);
        Task<IRemoteFile> opening = _rig.OpenColdAsync(_served);
        TimeSpan sleep = await _clock.WhenAsleepAsync();
        Assert.InRange(sleep, TimeSpan.FromMilliseconds(75), TimeSpan.FromMilliseconds(100));
        Assert.Equal(0, _rig.Gate.Taken);
        Assert.Equal(1, _rig.Server.RequestCount);
        Assert.False(opening.IsCompleted);

        _clock.Advance(sleep);
        using IRemoteFile file = await opening;
        Assert.Equal(["bytes=0-0", "bytes=0-0"], _rig.Ranges);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C4_C6_a_read_waits_out_a_refusal_without_a_permit(bool sync)
    {
        using IRemoteFile file = await OpenAsync();
        _served.StatusOverride = new StatusOverride(503, times: 1);
        Task read = file.AssertReadsAsync(_served, 0, 100, sync);
        TimeSpan sleep = await _clock.WhenAsleepAsync();
        Assert.Equal(0, _rig.Gate.Taken);
        _clock.Advance(sleep);
        await read;

        Assert.Equal(["bytes=0-16383", "bytes=0-16383"], _rig.Ranges);
        Assert.Equal(3, file.GetStatistics().Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C1_C2_Retry_After_is_honoured_on_the_clock(bool asDate)
    {
        using IRemoteFile file = await OpenAsync();
        _served.StatusOverride = new StatusOverride(503, times: 1, asDate ? RetryDate() : "7");
        Task read = file.AssertReadsAsync(_served, 0, 100);
        TimeSpan sleep = await _clock.WhenAsleepAsync();

        // A date counts from the reply's own, which is of whole seconds and a moment later.
        Assert.InRange(sleep, TimeSpan.FromSeconds(asDate ? 30 : 7), TimeSpan.FromSeconds(asDate ? 56.1 : 7.1));

        _clock.Advance(sleep - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, _rig.Server.RequestCount);
        Assert.Equal(0, _rig.Gate.Taken);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await read;
        Assert.Equal(2, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task C3_a_Retry_After_beyond_the_bound_fails_at_once_and_is_told()
    {
        using IRemoteFile file = await OpenAsync();
        _served.StatusOverride = new StatusOverride(429, retryAfter: "61");
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(
            () => file.ReadAsync(new byte[10], 0, sync: false));

        Assert.Equal(TimeSpan.FromSeconds(61), failure.RetryAfter);
        Assert.Equal(HttpStatusCode.TooManyRequests, failure.StatusCode);
        Assert.Equal(1, _rig.Server.RequestCount);
        Assert.Empty(_clock.Sleeps);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task B8_spent_retries_end_in_the_last_failure_and_the_next_read_asks_anew(bool sync)
    {
        using IRemoteFile file = await OpenAsync();
        _served.StatusOverride = new StatusOverride(503);
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(
            () => _clock.WakeUntilAsync(file.ReadAsync(new byte[10], 0, sync)));

        Assert.Equal((HctefNetworkError.Status, true), (failure.Error, failure.IsTransient));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, failure.StatusCode);
        Assert.Equal(1 + MaxRetries, _rig.Server.RequestCount);
        Assert.Equal(MaxRetries, _clock.Sleeps.Length);
        for (int i = 0; i < MaxRetries; i++)
            Assert.InRange(_clock.Sleeps[i], TimeSpan.FromMilliseconds(75 << i), TimeSpan.FromMilliseconds(100 << i));

        _served.StatusOverride = null;
        await file.AssertReadsAsync(_served, 0, 10, sync);
    }

    [Fact]
    public async Task An_opening_that_spends_its_retries_fails_and_gives_all_back()
    {
        _served.StatusOverride = new StatusOverride(503);
        await Assert.ThrowsAsync<HctefNetworkException>(() => _clock.WakeUntilAsync(_rig.OpenAsync(_served)));

        Assert.Equal(1 + MaxRetries, _rig.Server.RequestCount);
        await _rig.WhenQuietAsync();
        _rig.Engine.Cache.CheckIntegrity([]);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(403)]
    [InlineData(401)]
    [InlineData(410)]
    [InlineData(501)]
    public async Task C4_C7_a_refusal_that_will_not_pass_is_not_retried(int status)
    {
        using IRemoteFile file = await OpenAsync();
        _served.StatusOverride = new StatusOverride(status);
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(
            () => file.ReadAsync(new byte[10], 0, sync: false));

        Assert.Equal((HttpStatusCode)status, failure.StatusCode);
        Assert.False(failure.IsTransient);
        Assert.Equal(1, _rig.Server.RequestCount);
        Assert.Empty(_clock.Sleeps);
    }

    [Fact]
    public async Task A_reader_may_leave_a_sleeping_retry()
    {
        using IRemoteFile file = await OpenAsync();
        _served.StatusOverride = new StatusOverride(503, times: 1);
        using var cancellation = new CancellationTokenSource();
        Task<int> read = file.ReadAsync(new byte[256 * 1024], 0, cancellation.Token).AsTask();
        await _clock.WhenAsleepAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);

        Assert.Equal(1, _rig.Server.RequestCount);
        await file.AssertReadsAsync(_served, 0, 256 * 1024);
        Assert.Equal(2, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task C6_a_reader_who_joins_a_sleeping_retry_wakes_it_once()
    {
        using IRemoteFile file = await OpenAsync();
        _served.StatusOverride = new StatusOverride(503, times: 2);
        Task one = file.AssertReadsAsync(_served, 0, 100);
        await _clock.WhenAsleepAsync();
        Task two = file.AssertReadsAsync(_served, 50, 100);

        // The clock stands still: nothing but the second reader can have sent the second request, after which it sleeps again.
        TimeSpan sleep = await _clock.WhenAsleepAsync();
        Assert.Equal(2, _rig.Server.RequestCount);
        Task three = file.AssertReadsAsync(_served, 70, 100);
        Assert.Equal(2, _rig.Server.RequestCount);
        _clock.Advance(sleep);
        await Task.WhenAll(one, two, three);

        Assert.Equal(3, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task C1_a_reader_who_joins_does_not_cut_short_what_the_server_asked_for()
    {
        using IRemoteFile file = await OpenAsync();
        _served.StatusOverride = new StatusOverride(503, times: 1, "7");
        Task one = file.AssertReadsAsync(_served, 0, 100);
        TimeSpan sleep = await _clock.WhenAsleepAsync();
        Task two = file.AssertReadsAsync(_served, 50, 100);
        _clock.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Equal(1, _rig.Server.RequestCount);
        _clock.Advance(sleep - TimeSpan.FromSeconds(6.9));
        await Task.WhenAll(one, two);

        Assert.Equal(2, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task C6_another_file_of_the_host_is_read_while_a_retry_sleeps()
    {
        using IRemoteFile file = await OpenAsync();
        using IRemoteFile other = await _rig.OpenColdAsync(_rig.Server.Add("other.bin", Length));
        _served.StatusOverride = new StatusOverride(503, times: 1, "30");
        Task asleep = file.AssertReadsAsync(_served, 0, 100);
        TimeSpan sleep = await _clock.WhenAsleepAsync();
        Assert.Equal(100, await other.ReadAsync(new byte[100], 0, sync: false));
        Assert.False(asleep.IsCompleted);

        _clock.Advance(sleep);
        await asleep;
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-5")]
    [InlineData("1.5")]
    public async Task C3_a_Retry_After_that_says_nothing_is_a_backoff(string retryAfter)
    {
        using IRemoteFile file = await OpenAsync();
        _served.StatusOverride = new StatusOverride(503, times: 1, retryAfter);
        Task read = file.AssertReadsAsync(_served, 0, 100);
        TimeSpan sleep = await _clock.WhenAsleepAsync();
        Assert.InRange(sleep, TimeSpan.FromMilliseconds(75), TimeSpan.FromMilliseconds(100));
        _clock.Advance(sleep);
        await read;
    }

    private async Task<IRemoteFile> OpenAsync()
    {
        IRemoteFile file = await _rig.OpenColdAsync(_served);
        await _rig.ForgetAsync();
        return file;
    }

    private string RetryDate() => (DateTimeOffset.UtcNow + TimeSpan.FromSeconds(55)).ToString("r");
}
