using System.Net;
using Hctef.Fetching;
using Hctef.Files;
using Hctef.Http;

namespace Hctef.Tests.Fetching;

/// <summary>Of two racing requests one fails or is refused, or both.</summary>
public sealed class HedgedRequestFailureTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly StubOrigin _origin = new(64 * FetchRig.BlockBytes);
    private readonly TaskCompletionSource<HttpResponseMessage>[] _replies =
        [.. Enumerable.Range(0, 2).Select(static _ => new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously))];

    private readonly byte[] _buffer = new byte[100];
    private readonly FetchRig _rig;
    private RemoteFile _file = null!;
    private Task<int> _read = null!;
    private int _asked;

    public HedgedRequestFailureTests()
    {
        HctefOptions options = FetchRig.OptionsOf(blocks: 100);
        options.Retry.MaxRetries = 0;
        options.Retry.Hedging = true;
        _rig = FetchRig.Create(_origin, options, _time);
    }

    /// <summary>Both requests are under way and unanswered.</summary>
    public async Task InitializeAsync()
    {
        _file = await _rig.OpenAsync();
        for (int i = 0; i < HostModel.MinSamplesOfTail; i++)
        {
            _file.Source.Host.Model.AddFirstByte(TimeSpan.FromMilliseconds(1));
        }

        _origin.Forget();
        _origin.Instead = (_, _) => _replies[Interlocked.Increment(ref _asked) - 1].Task;
        int timers = _time.ArmedTimers;
        _read = _file.ReadAsync(_buffer, 0).AsTask();

        // Two more: the request's time to first byte, and the hedge's.
        await FetchRig.Eventually(() => _time.ArmedTimers == timers + 2, "the hedge's timer");
        _time.Advance(TimeSpan.FromMilliseconds(50));
        await FetchRig.Eventually(() => Volatile.Read(ref _asked) == 2, "the second request");
        Assert.Equal(2, _file.Source.Host.Gate.Taken);
    }

    public async Task DisposeAsync()
    {
        await _rig.CheckSettledAsync(_file);
        _rig.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task If_both_fail_the_first_tells_why(bool firstFailsFirst)
    {
        Action[] failures = [() => Refuse(0, HttpStatusCode.Forbidden), () => Fail(1)];
        await InOrderAsync(firstFailsFirst ? failures : [failures[1], failures[0]]);

        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => _read.WaitAsync(FetchRig.HangGuard));
        Assert.Equal(HttpStatusCode.Forbidden, failure.StatusCode);
    }

    [Fact]
    public async Task If_both_fail_without_a_reply_the_failure_is_the_firsts()
    {
        await InOrderAsync(() => Refuse(1, HttpStatusCode.Forbidden), () => Fail(0));

        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => _read.WaitAsync(FetchRig.HangGuard));
        Assert.Equal(HctefNetworkError.Connection, failure.Error);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    public async Task If_one_fails_or_is_refused_the_other_is_waited_for(int failing, bool refused)
    {
        await InOrderAsync(() => FailOrRefuse(failing, refused));
        Assert.False(_read.IsCompleted);
        _replies[1 - failing].SetResult(Accepted());

        Assert.Equal(_buffer.Length, await _read.WaitAsync(FetchRig.HangGuard));
        Assert.True(_origin.Content.Matches(_buffer, 0));
    }

    [Fact]
    public async Task A_loser_that_answers_late_is_dropped_unread()
    {
        _replies[1].SetResult(Accepted());
        await _read.WaitAsync(FetchRig.HangGuard);
        var late = new UnreadContent();
        _replies[0].SetResult(new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = late });

        await late.Disposed.WaitAsync(FetchRig.HangGuard);
        Assert.False(late.WasRead);
        Assert.True(_origin.Content.Matches(_buffer, 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_push_back_to_the_loser_counts(int losing)
    {
        Refuse(losing, HttpStatusCode.ServiceUnavailable);
        _replies[1 - losing].SetResult(Accepted());
        await _read.WaitAsync(FetchRig.HangGuard);
        await FetchRig.Eventually(() => _file.Source.Host.Gate.Limit == 8, "the limit to be halved");
    }

    [Fact]
    public async Task A_failure_that_was_there_before_the_loser_was_dropped_counts_as_a_push_back()
    {
        _replies[0].SetResult(Accepted());
        _replies[1].SetResult(Accepted());
        await _read.WaitAsync(FetchRig.HangGuard);
        await FetchRig.Eventually(() => _file.Source.Host.Gate.Taken == 0, "the permits");
        _origin.Instead = static (_, _) => Task.FromException<HttpResponseMessage>(new HttpRequestException(HttpRequestError.ConnectionError));
        HostGate gate = _file.Source.Host.Gate;
        HostPermit permit = await gate.AcquireAsync(FetchPriority.Demand, _file, CancellationToken.None);
        var attempt = new RequestAttempt(_file.Source, RequestedRange.Closed(0, 100), default, permit, CancellationToken.None);
        await Assert.ThrowsAsync<HctefNetworkException>(() => attempt.Reply.WaitAsync(FetchRig.HangGuard));

        attempt.Drop();
        await FetchRig.Eventually(() => gate.Taken == 0, "the permit");
        Assert.Equal(8, gate.Limit);
    }

    private static async Task InOrderAsync(params Action[] steps)
    {
        foreach (Action step in steps)
        {
            step();
            await Task.Yield();
        }
    }

    private HttpResponseMessage Accepted()
    {
        byte[] block = new byte[FetchRig.BlockBytes];
        _origin.Content.Fill(block, 0);
        var content = new ByteArrayContent(block);
        content.Headers.TryAddWithoutValidation("Content-Range", $"bytes 0-{block.Length - 1}/{64 * FetchRig.BlockBytes}");
        var response = new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = content };
        response.Headers.TryAddWithoutValidation("ETag", "\"v1\"");
        return response;
    }

    private void FailOrRefuse(int number, bool refused)
    {
        if (refused)
        {
            Refuse(number, HttpStatusCode.ServiceUnavailable);
        }
        else
        {
            Fail(number);
        }
    }

    private void Refuse(int number, HttpStatusCode status) => _replies[number].SetResult(new HttpResponseMessage(status));

    private void Fail(int number) => _replies[number].SetException(new HttpRequestException(HttpRequestError.ConnectionError));

    /// <summary>A body that tells whether it was read.</summary>
    private sealed class UnreadContent : HttpContent
    {
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool WasRead { get; private set; }

        public Task Disposed => _disposed.Task;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            WasRead = true;
            return Task.CompletedTask;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            _disposed.TrySetResult();
            base.Dispose(disposing);
        }
    }
}
