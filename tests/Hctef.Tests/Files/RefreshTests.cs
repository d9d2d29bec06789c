using System.Collections.Concurrent;
using System.Net;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Tokens and signed URLs that are renewed while a file is open.</summary>
public sealed class RefreshTests : IAsyncLifetime
{
    private const int Length = 4 << 20;
    private const string Token = "X-Token";

    private readonly ManualTimeProvider _clock = new();
    private readonly ConcurrentQueue<RefreshContext> _calls = new();
    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<CancellationToken, ValueTask<RefreshResult>> _answer;
    private string _token = "one";
    private FileRig _rig = null!;
    private ServedFile _served = null!;

    public RefreshTests() => _answer = _ => ValueTask.FromResult(WithToken());

    private HttpStatusCode?[] Calls => [.. _calls.Select(call => call.Refused)];

    private string[] Sent => [.. _rig.Server.Log.Select(request => request.Headers.GetValueOrDefault(Token) ?? "none")];

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(options => options.Retry.MaxRetries = 0, _clock);
        _served = _rig.Server.Add("file.bin", Length);
        _served.RequiredHeader = new RequiredHeader(Token, "one");
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task H9_a_token_that_is_refused_is_renewed(int status)
    {
        using IRemoteFile file = await OpenAsync();
        Rotate("two", status);
        await file.AssertReadsAsync(_served, 0, 1000);
        await file.AssertReadsAsync(_served, 1 << 20, 1000);

        Assert.Equal([null, (HttpStatusCode)status], Calls);
        Assert.All(_calls, call => Assert.Same(file.Uri, call.Uri));
        Assert.Equal(["one", "one", "two", "two"], Sent);
    }

    [Fact]
    public async Task H9_it_is_renewed_once_for_all_readers()
    {
        const int Readers = 8;
        using IRemoteFile file = await OpenAsync();
        Rotate("two");
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _answer = async _ =>
        {
            await gate.Task;
            return WithToken();
        };
        Task[] reads = [.. Enumerable.Range(0, Readers).Select(i => file.AssertReadsAsync(_served, i << 18, 1000))];
        await _rig.Server.WhenRequests(1 + Readers).WaitAsync(FileRig.HangGuard);
        gate.SetResult();
        await Task.WhenAll(reads).WaitAsync(FileRig.HangGuard);

        Assert.Equal([null, HttpStatusCode.Unauthorized], Calls);
        Assert.Equal(1 + (2 * Readers), _rig.Server.RequestCount);
        Assert.Equal(Readers, Sent.Count(token => token == "two"));
    }

    [Fact]
    public async Task H9_a_token_that_expires_is_renewed_before_it_is_refused()
    {
        DateTimeOffset end = _clock.GetUtcNow() + TimeSpan.FromMinutes(10);
        _answer = _ => ValueTask.FromResult(WithToken(end));
        using IRemoteFile file = await OpenAsync();
        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        await file.AssertReadsAsync(_served, 0, 1000);
        Assert.Single(_calls);

        end += TimeSpan.FromMinutes(10);
        Rotate("two");
        _clock.Advance(TimeSpan.FromTicks(1));
        await file.AssertReadsAsync(_served, 1 << 20, 1000);
        await file.AssertReadsAsync(_served, 2 << 20, 1000);

        Assert.Equal([null, null], Calls);
        Assert.Equal(["one", "one", "two", "two"], Sent);
    }

    [Fact]
    public async Task A_new_token_that_is_refused_too_fails_the_read()
    {
        using IRemoteFile file = await OpenAsync();
        _served.RequiredHeader = new RequiredHeader(Token, "unknown");
        var failure = await Assert.ThrowsAsync<HctefNetworkException>(() => file.AssertReadsAsync(_served, 0, 1000));

        Assert.Equal(HttpStatusCode.Unauthorized, failure.StatusCode);
        Assert.Equal(2, Calls.Length);
        Assert.Equal(3, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task What_the_call_throws_reaches_each_reader_and_the_next_one_calls_again()
    {
        using IRemoteFile file = await OpenAsync();
        Rotate("two");
        var cause = new InvalidOperationException("no token today");
        var gate = new TaskCompletionSource<RefreshResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answer = _ => new ValueTask<RefreshResult>(gate.Task);
        Task[] reads = [.. Enumerable.Range(0, 4).Select(i => file.AssertReadsAsync(_served, i << 20, 1000))];
        await _rig.Server.WhenRequests(5).WaitAsync(FileRig.HangGuard);
        gate.SetException(cause);

        Exception[] failures = await Task.WhenAll(reads.Select(read => Assert.ThrowsAnyAsync<HctefException>(() => read)));
        Assert.All(failures, failure => Assert.Same(cause, failure.GetBaseException()));
        Assert.Equal(failures.Length, failures.Distinct().Count());

        _answer = _ => ValueTask.FromResult(WithToken());
        await file.AssertReadsAsync(_served, 0, 1000);
    }

    [Fact]
    public async Task What_the_call_throws_fails_the_opening()
    {
        _answer = _ => throw new InvalidOperationException("no token today");
        var failure = await Assert.ThrowsAsync<HctefException>(() => OpenAsync());

        Assert.IsType<InvalidOperationException>(failure.InnerException);
        Assert.Equal(0, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task A_call_that_does_not_end_is_given_up()
    {
        _answer = _ => new ValueTask<RefreshResult>(new TaskCompletionSource<RefreshResult>().Task);
        Task<IRemoteFile> opening = OpenAsync();
        await _called.Task.WaitAsync(FileRig.HangGuard);
        _clock.Advance(TimeSpan.FromSeconds(30));
        var failure = await Assert.ThrowsAsync<HctefException>(() => opening);

        Assert.Contains("FirstByteTimeout", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_leaves_does_not_end_the_call_of_the_others()
    {
        using IRemoteFile file = await OpenAsync();
        Rotate("two");
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _answer = async _ =>
        {
            await gate.Task;
            return WithToken();
        };
        using var leaving = new CancellationTokenSource();
        Task left = file.ReadAsync(new byte[1000], 0, leaving.Token).AsTask();
        Task stays = file.AssertReadsAsync(_served, 1 << 20, 1000);
        await _rig.Server.WhenRequests(3).WaitAsync(FileRig.HangGuard);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        gate.SetResult();
        await stays.WaitAsync(FileRig.HangGuard);

        Assert.Equal(2, Calls.Length);
    }

    private void Rotate(string token, int status = 401)
    {
        _token = token;
        _served.RequiredHeader = new RequiredHeader(Token, token, status);
    }

    private RefreshResult WithToken(DateTimeOffset? end = null) => new()
    {
        Headers = new Dictionary<string, string> { [Token] = _token },
        ExpiresOn = end,
    };

    private Task<IRemoteFile> OpenAsync() => _rig.OpenAsync(_served, options =>
    {
        options.PrefetchBytes = 0;
        options.Refresh = (context, cancellationToken) =>
        {
            _calls.Enqueue(context);
            _called.TrySetResult();
            return _answer(cancellationToken);
        };
    });
}
