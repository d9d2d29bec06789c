using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>What one transfer makes of replies: prefixes, overruns, breaks, handlers that do not listen.</summary>
public sealed class RangeTransferTests : IDisposable
{
    private const int FileBytes = 10 * FetchRig.BlockBytes;
    private const int MaxRetries = 3;

    private readonly ManualTimeProvider _time = new();
    private readonly StubOrigin _origin = new(FileBytes);
    private readonly HctefOptions _options = FetchRig.OptionsOf(blocks: 100);
    private readonly FetchRig _rig;

    public RangeTransferTests()
    {
        _options.Retry.MaxRetries = MaxRetries;
        _rig = FetchRig.Create(_origin, _options, _time);
    }

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_honest_server_that_answers_with_prefixes_is_asked_on(bool cached)
    {
        RemoteFile file = await OpenAsync();
        _origin.Prepare = reply => reply.EndingAt(reply.Start + (3 * FetchRig.BlockBytes) + 5, _origin.Content);
        byte[] buffer = new byte[FileBytes];
        using FileCursor cursor = file.OpenCursor(cached ? CursorCaching.Shared : CursorCaching.Uncached);

        Assert.Equal(FileBytes, await cursor.ReadAsync(buffer, 0, CancellationToken.None).AsTask().WaitAsync(FetchRig.HangGuard));

        Assert.True(_origin.Content.Matches(buffer, 0));
        Assert.Equal(["0-12293", "12293-24586", "24586-36879", "36879-40960"], _origin.Ranges);
        await _rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task A_server_that_answers_one_byte_per_reply_is_given_up()
    {
        RemoteFile file = await OpenAsync();
        _origin.Prepare = reply => reply.EndingAt(reply.Start + 1, _origin.Content);
        Task<int> read = file.ReadAsync(new byte[100], 0).AsTask();
        await AdvanceUntil(read);

        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => read);
        Assert.Equal(HctefNetworkError.Protocol, failure.Error);
        Assert.Equal(["0-1", "1-2", "2-3", "3-4"], _origin.Ranges);
        await _rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task An_overrun_spoils_the_last_block_alone()
    {
        RemoteFile file = await OpenAsync();
        _origin.Prepare = reply =>
        {
            reply.Body.ExtraBytes = 1;
            return reply;
        };

        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(
            () => file.ReadAsync(new byte[3 * FetchRig.BlockBytes], 0).AsTask().WaitAsync(FetchRig.HangGuard));

        Assert.Equal(HctefNetworkError.Protocol, failure.Error);
        Assert.Equal([new ByteRange(0, 2 * FetchRig.BlockBytes)], file.GetCachedRanges());
        await _rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task A_block_is_not_there_before_the_body_has_ended()
    {
        RemoteFile file = await OpenAsync(holds: true);
        Task<int> read = file.ReadAsync(new byte[100], 0).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        reply.Body.ReleaseTo(FetchRig.BlockBytes);
        await reply.Body.WhenPending();
        Assert.Empty(file.GetCachedRanges());
        Assert.False(read.IsCompleted);

        reply.Body.ReleaseAll();

        await read.WaitAsync(FetchRig.HangGuard);
        Assert.Equal([new ByteRange(0, FetchRig.BlockBytes)], file.GetCachedRanges());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(FetchRig.BlockBytes - 1)]
    [InlineData(FetchRig.BlockBytes)]
    [InlineData(FetchRig.BlockBytes + 1)]
    [InlineData((2 * FetchRig.BlockBytes) - 1)]
    public async Task B2_a_broken_body_is_resumed_at_its_missing_byte(int received)
    {
        RemoteFile file = await OpenAsync(holds: true);
        byte[] buffer = new byte[2 * FetchRig.BlockBytes];
        Task<int> read = file.ReadAsync(buffer, 0).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        reply.Body.ReleaseTo(received);
        reply.Body.Break();
        _origin.Holds = false;
        await AdvanceUntil(read);

        Assert.Equal(buffer.Length, await read);
        Assert.True(_origin.Content.Matches(buffer, 0));
        Assert.Equal(["0-8192", $"{received}-8192"], _origin.Ranges);
    }

    [Fact]
    public async Task A_body_that_breaks_instead_of_ending_is_asked_its_last_block_again()
    {
        RemoteFile file = await OpenAsync(holds: true);
        byte[] buffer = new byte[2 * FetchRig.BlockBytes];
        Task<int> read = file.ReadAsync(buffer, 0).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        reply.Body.ReleaseTo(2 * FetchRig.BlockBytes);
        reply.Body.Break();
        _origin.Holds = false;
        await AdvanceUntil(read);

        await read;
        Assert.True(_origin.Content.Matches(buffer, 0));
        Assert.Equal(["0-8192", "4096-8192"], _origin.Ranges);
    }

    [Fact]
    public async Task Demand_for_later_blocks_joins_what_is_being_resumed()
    {
        RemoteFile file = await OpenAsync(holds: true);
        byte[] first = new byte[4 * FetchRig.BlockBytes];
        Task<int> read = file.ReadAsync(first, 0).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        reply.Body.ReleaseTo(5000);
        reply.Body.Break();
        await FetchRig.Eventually(() => file.Source.Host.Gate.Taken == 0, "the sleeping retry to give its permit back");
        byte[] second = new byte[100];
        _origin.Holds = false;
        Task<int> other = file.ReadAsync(second, 3 * FetchRig.BlockBytes).AsTask();
        await AdvanceUntil(Task.WhenAll(read, other));

        await Task.WhenAll(read, other);
        Assert.True(_origin.Content.Matches(first, 0));
        Assert.True(_origin.Content.Matches(second, 3 * FetchRig.BlockBytes));
        Assert.Equal(["0-16384", "5000-16384"], _origin.Ranges);
    }

    [Fact]
    public async Task A_handler_that_ignores_its_token_keeps_nobody_waiting()
    {
        RemoteFile file = await OpenAsync();
        var never = new TaskCompletionSource<HttpResponseMessage>();
        _origin.Instead = (_, _) => never.Task;
        Task<int> read = file.ReadAsync(new byte[100], 0).AsTask();
        await AdvanceUntil(read);

        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => read);
        Assert.Equal(HctefNetworkError.Timeout, failure.Error);
        await _rig.CheckSettledAsync(file);
        using var late = new HttpResponseMessage();
        var body = new StubBody(_origin.Content, 0, 1);
        late.Content = new StreamContent(body);
        never.SetResult(late);
        await body.Disposed.WaitAsync(FetchRig.HangGuard);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task B8_L4_the_total_time_ends_a_fetch_and_is_no_cancellation(bool inTheBody)
    {
        TimeSpan total = TimeSpan.FromSeconds(10);
        _options.Transport.TotalTimeout = total;
        RemoteFile file = await OpenAsync(holds: true);
        var never = new TaskCompletionSource<HttpResponseMessage>();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _origin.Instead = inTheBody ? null : (_, cancellation) =>
        {
            asked.TrySetResult();
            return never.Task.WaitAsync(cancellation);
        };
        Task<int> read = file.ReadAsync(new byte[2 * FetchRig.BlockBytes], 0).AsTask();
        if (inTheBody)
        {
            StubReply reply = await _origin.WhenReply(1);
            reply.Body.ReleaseTo(FetchRig.BlockBytes + 1);
            await reply.Body.WhenPending();
        }
        else
        {
            await asked.Task.WaitAsync(FetchRig.HangGuard);
        }

        _time.Advance(total - TimeSpan.FromTicks(1));
        Assert.False(read.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));

        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => read.WaitAsync(FetchRig.HangGuard));
        Assert.Equal((HctefNetworkError.Timeout, true), (failure.Error, failure.IsTransient));
        Assert.Contains("HctefOptions.Transport.TotalTimeout", failure.Message, StringComparison.Ordinal);
        await _rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task B8_L4_the_total_time_ends_an_opening_and_is_no_cancellation()
    {
        _options.Transport.TotalTimeout = TimeSpan.FromSeconds(10);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _origin.Instead = (_, cancellation) =>
        {
            asked.TrySetResult();
            return new TaskCompletionSource<HttpResponseMessage>().Task.WaitAsync(cancellation);
        };
        Task<RemoteFile> opening = _rig.OpenAsync();
        await asked.Task.WaitAsync(FetchRig.HangGuard);
        _time.Advance(TimeSpan.FromSeconds(10));

        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => opening);
        Assert.Equal((HctefNetworkError.Timeout, true), (failure.Error, failure.IsTransient));
        Assert.Contains("HctefOptions.Transport.TotalTimeout", failure.Message, StringComparison.Ordinal);
    }

    private async Task<RemoteFile> OpenAsync(bool holds = false)
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        _origin.Holds = holds;
        return file;
    }

    private Task AdvanceUntil(Task ended) => FetchRig.Eventually(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return ended.IsCompleted;
        },
        "the read to end");
}
