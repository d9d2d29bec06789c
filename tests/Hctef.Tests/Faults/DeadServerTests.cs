using System.Net;
using Hctef.Files;
using Hctef.Tests.Fetching;

namespace Hctef.Tests.Faults;

/// <summary>A server that refuses everybody is asked little; one that refuses some is asked by all others.</summary>
public sealed class DeadServerTests : IDisposable
{
    private const int Readers = 1000;
    private const int Retries = 5;

    private readonly ManualTimeProvider _time = new();
    private readonly StubOrigin _origin = new(Readers * FetchRig.BlockBytes);
    private readonly FetchRig _rig;
    private Func<Uri, bool> _isDead = static _ => false;
    private int _requests;

    public DeadServerTests()
    {
        HctefOptions options = FetchRig.OptionsOf(blocks: 2 * Readers);
        options.Retry.MaxRetries = Retries;

        // No wait at all: the clock stands still unless the test moves it.
        options.Retry.BaseDelay = options.Retry.MaxDelay = TimeSpan.FromTicks(1);
        _rig = FetchRig.Create(_origin, options, _time);
        _origin.Instead = (request, _) =>
        {
            Interlocked.Increment(ref _requests);
            Task<HttpResponseMessage>? refusal = default;
            if (_isDead(request.RequestUri!))
            {
                refusal = Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
            }

            return refusal;
        };
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task C5_a_thousand_readers_of_a_dead_file_ask_little_more_than_once_each()
    {
        RemoteFile file = await OpenDeadAsync();
        Task[] reads = [.. Enumerable.Range(0, Readers).Select(i => ReadAsync(file, i))];
        await AssertAllFailAsync(reads);
        Assert.InRange(_requests, 1, Readers * 6 / 5);
        await _rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task C5_a_thousand_files_of_a_dead_host_ask_little_more_than_once_each()
    {
        _isDead = static _ => true;
        Task[] opens = [.. Enumerable.Range(0, Readers).Select(i => (Task)_rig.OpenAsync(UriOf(i)))];
        await AssertAllFailAsync(opens);
        Assert.InRange(_requests, 1, Readers * 6 / 5);
    }

    [Fact]
    public async Task C5_a_dead_host_is_left_alone_then_probed_by_one_and_welcomed_back_by_all()
    {
        RemoteFile file = await OpenDeadAsync();
        await AssertAllFailAsync([.. Enumerable.Range(0, Readers).Select(i => ReadAsync(file, i))]);
        int before = _requests;
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => ReadAsync(file, 0));
        Assert.Contains("left alone", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsTransient);
        Assert.Equal(before, _requests);

        _time.Advance(HctefDefaults.HostRest);
        await AssertAllFailAsync([.. Enumerable.Range(0, 100).Select(i => ReadAsync(file, i))]);
        Assert.Equal(before + 1, _requests);

        _time.Advance(HctefDefaults.HostRest);
        _isDead = static _ => false;
        await ReadAsync(file, 0);
        await Task.WhenAll(Enumerable.Range(1, 100).Select(i => ReadAsync(file, i))).WaitAsync(FetchRig.HangGuard);
        await _rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task C5_a_flaky_file_does_not_close_its_host_to_others()
    {
        RemoteFile healthy = await _rig.OpenAsync(UriOf(1), minimumRequestBytes: 1);
        RemoteFile flaky = await OpenDeadAsync();
        await AssertAllFailAsync([.. Enumerable.Range(0, Readers).Select(i => ReadAsync(flaky, i))]);
        int before = _requests;
        await Assert.ThrowsAsync<HctefNetworkException>(() => ReadAsync(flaky, 0));
        Assert.Equal(before, _requests);

        await ReadAsync(healthy, 0);
        using RemoteFile another = await _rig.OpenAsync(UriOf(2));
        Assert.Equal(before + 2, _requests);
    }

    [Fact]
    public async Task C5_where_the_host_is_quiet_every_configured_retry_is_made()
    {
        RemoteFile file = await OpenDeadAsync();
        for (int i = 0; i < 20; i++)
        {
            _requests = 0;
            await AssertAllFailAsync([ReadAsync(file, i)]);
            Assert.Equal(1 + Retries, _requests);
            _time.Advance(HctefDefaults.HostFailureMemory + TimeSpan.FromSeconds(1));
        }
    }

    private static Uri UriOf(int file) => new($"http://stub.test/{file}");

    private static async Task ReadAsync(RemoteFile file, int block) =>
        await file.ReadAsync(new byte[10], (long)block * FetchRig.BlockBytes);

    private static async Task AssertAllFailAsync(Task[] work)
    {
        await ((Task)Task.WhenAll(work).WaitAsync(FetchRig.HangGuard)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.All(work, static one => Assert.IsType<HctefNetworkException>(one.Exception?.InnerException));
    }

    private async Task<RemoteFile> OpenDeadAsync()
    {
        RemoteFile file = await _rig.OpenAsync(UriOf(0), minimumRequestBytes: 1);
        Uri dead = UriOf(0);
        _isDead = uri => uri == dead;
        _requests = 0;
        return file;
    }
}
