using System.Net;
using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class RetryPolicyTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly HctefRetryOptions _options = new();

    [Fact]
    public async Task A_success_is_not_repeated()
    {
        var work = new RecordedRetries(_ => null);
        await RunAsync(work);
        Assert.Equal(1, work.Attempts);
        Assert.Empty(work.Retries);
    }

    [Fact]
    public async Task C4_transient_failures_are_repeated_with_growing_delays()
    {
        var work = new RecordedRetries(attempt => attempt <= 3 ? Transient() : null);

        await RunAsync(work);

        Assert.Equal(4, work.Attempts);
        Assert.Equal([1, 2, 3], work.Retries.Select(retry => retry.Attempt));
        AssertDelays(work, [100, 200, 400]);
    }

    [Fact]
    public async Task B8_a_failure_for_ever_ends_after_the_retries_with_the_last_failure()
    {
        var last = new HctefNetworkException(HctefNetworkError.Connection, "last", isTransient: true);
        var work = new RecordedRetries(attempt => attempt == 6 ? last : Transient());

        var failure = await Assert.ThrowsAsync<HctefNetworkException>(() => RunAsync(work));

        Assert.StartsWith("last", failure.Message, StringComparison.Ordinal);
        Assert.Contains("HctefOptions.Retry.MaxRetries", failure.Message, StringComparison.Ordinal);
        Assert.Equal((HctefNetworkError.Connection, true), (failure.Error, failure.IsTransient));
        Assert.Equal(6, work.Attempts);
    }

    [Fact]
    public async Task Delays_stop_growing_at_the_limit()
    {
        _options.MaxRetries = 100;
        _options.MaxDelay = TimeSpan.FromMilliseconds(300);
        var work = new RecordedRetries(_ => Transient());

        await Assert.ThrowsAsync<HctefNetworkException>(() => RunAsync(work));

        Assert.Equal(101, work.Attempts);
        AssertDelays(work, [100, 200, .. Enumerable.Repeat(300, 98)]);
    }

    [Fact]
    public async Task Delays_are_jittered()
    {
        _options.MaxRetries = 20;
        _options.MaxDelay = _options.BaseDelay;
        var work = new RecordedRetries(_ => Transient());

        await Assert.ThrowsAsync<HctefNetworkException>(() => RunAsync(work));

        Assert.NotEqual(1, work.Retries.Select(retry => retry.Delay).Distinct().Count());
    }

    [Fact]
    public async Task Progress_refills_the_retries_and_starts_the_delays_anew()
    {
        RecordedRetries work = null!;
        work = new RecordedRetries(attempt =>
        {
            work.Progress += attempt % 4 == 0 ? 1 : 0;
            return attempt < 20 ? Transient() : null;
        });
        _options.MaxRetries = 4;

        await RunAsync(work);

        Assert.Equal(20, work.Attempts);
        Assert.Equal([1, 2, 3, 1, 2, 3, 4, 1, 2, 3, 4], work.Retries.Take(11).Select(retry => retry.Attempt));
    }

    [Fact]
    public async Task Other_failures_are_not_repeated()
    {
        await AssertOneAttemptAsync(new HctefNetworkException(HctefNetworkError.Status, "404", statusCode: HttpStatusCode.NotFound));
        await AssertOneAttemptAsync(new RemoteFileChangedException("changed"));
        await AssertOneAttemptAsync(new RangeNotSupportedException(RangeNotSupportedReason.RangeIgnored, "200"));
        await AssertOneAttemptAsync(new InvalidOperationException("bug"));
    }

    [Fact]
    public async Task No_retries_means_one_attempt()
    {
        _options.MaxRetries = 0;
        await AssertOneAttemptAsync(Transient());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(60)]
    public async Task C1_a_server_that_asks_to_wait_is_waited_for(int seconds)
    {
        TimeSpan asked = TimeSpan.FromSeconds(seconds);
        var work = new RecordedRetries(attempt => attempt == 1 ? Transient(asked) : null);

        Task run = Start(work);
        Assert.InRange(Assert.Single(work.Retries).Delay, asked, asked + _options.BaseDelay);
        _time.Advance(asked - TimeSpan.FromTicks(1));
        Assert.Equal(1, _time.ArmedTimers);
        _time.Advance(_options.BaseDelay + TimeSpan.FromTicks(1));
        await run;

        Assert.Equal(2, work.Attempts);
    }

    [Fact]
    public async Task C3_a_wait_of_zero_is_still_a_backoff()
    {
        var work = new RecordedRetries(attempt => attempt == 1 ? Transient(TimeSpan.Zero) : null);
        await RunAsync(work);
        Assert.True(work.Retries[0].Delay > TimeSpan.Zero);
    }

    [Theory]
    [InlineData(61)]
    [InlineData(86400)]
    [InlineData(9999999999)]
    public async Task C3_a_longer_wait_fails_at_once_and_carries_the_hint(long seconds)
    {
        var work = new RecordedRetries(_ => Transient(TimeSpan.FromSeconds(seconds)));
        var failure = await Assert.ThrowsAsync<HctefNetworkException>(() => RunAsync(work));
        Assert.Equal(1, work.Attempts);
        Assert.Empty(work.Retries);
        Assert.Equal(TimeSpan.FromSeconds(seconds), failure.RetryAfter);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, failure.StatusCode);
        Assert.Contains("HctefOptions.Retry.MaxRetryAfter", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C5_a_host_with_too_many_retries_gets_no_more()
    {
        var work = new RecordedRetries(_ => Transient()) { HostRetries = 2 };
        var failure = await Assert.ThrowsAsync<HctefNetworkException>(() => RunAsync(work));
        Assert.Equal(3, work.Attempts);
        Assert.Contains("repeated 2 times only", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C5_what_follows_progress_is_no_retry_of_the_hosts()
    {
        RecordedRetries work = null!;
        work = new RecordedRetries(attempt =>
        {
            work.Progress++;
            return attempt < 20 ? Transient() : null;
        })
        {
            HostRetries = 0,
        };
        await RunAsync(work);
        Assert.Equal(20, work.Attempts);
    }

    [Fact]
    public async Task C5_a_failure_without_asking_is_not_repeated()
    {
        var failure = new HctefNetworkException(HctefNetworkError.Connection, "left alone", isTransient: true) { FailsAtOnce = true };
        await AssertOneAttemptAsync(failure);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C6_a_wait_of_our_own_can_be_cut_short_but_none_that_was_asked_for(bool asked)
    {
        var work = new RecordedRetries(attempt => attempt == 1 ? Transient(asked ? TimeSpan.FromSeconds(2) : null) : null)
        {
            IsHurried = true,
        };

        Task run = Start(work);
        Assert.Equal(!asked, run.IsCompleted);
        Assert.Equal(asked ? 1 : 0, _time.ArmedTimers);
        _time.Advance(TimeSpan.FromSeconds(3));
        await run;

        Assert.Equal(2, work.Attempts);
    }

    [Fact]
    public async Task C6_a_wait_is_cut_short_once()
    {
        var work = new RecordedRetries(attempt => attempt <= 2 ? Transient() : null) { IsHurried = true };

        Task run = Start(work);
        Assert.Equal((2, 1), (work.Attempts, _time.ArmedTimers));
        _time.Advance(_options.MaxDelay);
        await run;

        Assert.Equal(3, work.Attempts);
    }

    [Fact]
    public async Task L4_cancelling_ends_the_wait()
    {
        using var cancellation = new CancellationTokenSource();
        var work = new RecordedRetries(_ => Transient());

        Task run = Start(work, token: cancellation.Token);
        Assert.Equal(1, _time.ArmedTimers);
        await cancellation.CancelAsync();

        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
        Assert.Equal(1, work.Attempts);
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task Executions_do_not_share_their_retries()
    {
        var policy = new RetryPolicy(_options, _time);
        for (int i = 0; i < 3; i++)
        {
            var work = new RecordedRetries(_ => Transient());
            await Assert.ThrowsAsync<HctefNetworkException>(() => RunAsync(work, policy));
            Assert.Equal(6, work.Attempts);
        }
    }

    private static HctefNetworkException Transient(TimeSpan? retryAfter = null) =>
        new(HctefNetworkError.Status, "503", statusCode: HttpStatusCode.ServiceUnavailable, retryAfter: retryAfter, isTransient: true);

    private static void AssertDelays(RecordedRetries work, int[] milliseconds)
    {
        Assert.Equal(milliseconds.Length + (work.Attempts > milliseconds.Length + 1 ? 1 : 0), work.Retries.Count);
        foreach ((int expected, TimeSpan actual) in milliseconds.Zip(work.Retries.Select(retry => retry.Delay)))
        {
            Assert.InRange(actual.TotalMilliseconds, expected * 0.75, expected);
        }
    }

    private async Task AssertOneAttemptAsync(Exception failure)
    {
        var work = new RecordedRetries(_ => failure);
        Assert.Same(failure, await Record.ExceptionAsync(() => RunAsync(work)));
        Assert.Equal(1, work.Attempts);
        Assert.Empty(work.Retries);
    }

    private Task Start(RecordedRetries work, RetryPolicy? policy = null, CancellationToken token = default) =>
        (policy ?? new RetryPolicy(_options, _time))
            .ExecuteAsync(static (state, cancellation) => state.AttemptAsync(cancellation), work, token).AsTask();

    private async Task RunAsync(RecordedRetries work, RetryPolicy? policy = null)
    {
        Task run = Start(work, policy);
        while (!run.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        await run;
    }
}
