using System.Collections.Concurrent;
using System.Net;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>A file that changes while the token it is asked with expires: both are renewed, and each once.</summary>
public sealed class ReopenWithRefreshTests : IAsyncLifetime
{
    private const int Length = 1 << 20;
    private const int Block = 16 * 1024;
    private const string Token = "X-Token";

    private readonly ConcurrentQueue<HttpStatusCode?> _calls = new();
    private string _token = "one";
    private FileRig _rig = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(static options => options.Retry.MaxRetries = 0);
        _served = _rig.Server.Add("file.bin", Length);
        _served.RequiredHeader = new RequiredHeader(Token, _token);
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData(null, false)]
    [InlineData(null, true)]
    [InlineData("tenant", false)]
    public async Task D2_H9_a_change_and_a_new_token_at_the_same_time_are_one_failed_call(string? partition, bool sync)
    {
        using IRemoteFile file = await OpenAsync(partition);
        await file.AssertReadsAsync(_served, 0, Block, sync);
        _served.Update(version: 2, Length + 1);
        Rotate("two");
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => file.ReadAsync(new byte[Block], 2 * Block, sync));

        // The old version's token was renewed before the change was seen, and the new version has asked for its own.
        await file.AssertReadsAsync(_served, 0, Block, sync);
        await file.AssertReadsAsync(_served, Length - 100, 101, sync);
        Assert.Equal([null, HttpStatusCode.Unauthorized, null], _calls);
        Assert.DoesNotContain("one", Sent.SkipWhile(static token => token == "one").Skip(1));
    }

    [Fact]
    public async Task H9_a_token_that_expires_between_the_change_and_the_opening_is_renewed()
    {
        using IRemoteFile file = await OpenAsync(partition: null);
        ResponseGate opening = _served.HoldHeaders(static request => request.Range == "bytes=0-0");
        _served.Update(version: 2, Length);
        Task read = Assert.ThrowsAsync<RemoteFileChangedException>(() => file.ReadAsync(new byte[Block], 2 * Block, sync: false));
        await opening.Reached.WaitAsync(FileRig.HangGuard);
        Rotate("two");
        opening.Release();
        await read;
        await file.AssertReadsAsync(_served, 2 * Block, Block);

        Assert.Equal("two", Sent[^1]);
    }

    [Fact]
    public async Task L7_a_version_that_cannot_be_opened_fails_each_who_waits_by_an_exception_of_its_own()
    {
        const int Readers = 8;
        using IRemoteFile file = await OpenAsync(partition: null);
        ResponseGate opening = _served.HoldHeaders(static request => request.Range == "bytes=0-0");
        _served.Update(version: 2, Length);
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => file.ReadAsync(new byte[Block], 2 * Block, sync: false));
        await opening.Reached.WaitAsync(FileRig.HangGuard);
        Task<HctefNetworkException>[] reads = [.. Enumerable.Range(0, Readers)
            .Select(i => Assert.ThrowsAsync<HctefNetworkException>(() => file.ReadAsync(new byte[10], i * Block, sync: i % 2 == 1)))];
        _served.StatusOverride = new StatusOverride(404);
        opening.Release();
        HctefNetworkException[] failures = await Task.WhenAll(reads).WaitAsync(FileRig.HangGuard);

        Assert.All(failures, static failure => Assert.Equal(HttpStatusCode.NotFound, failure.StatusCode));
        Assert.Equal(Readers, failures.Distinct().Count());
    }

    private string[] Sent => [.. _rig.Server.Log.Select(static request => request.Headers.GetValueOrDefault(Token) ?? "none")];

    private void Rotate(string token)
    {
        _token = token;
        _served.RequiredHeader = new RequiredHeader(Token, token);
    }

    private Task<IRemoteFile> OpenAsync(string? partition) => _rig.OpenAsync(_served, options =>
    {
        options.PrefetchBytes = 0;
        options.OnChange = ChangePolicy.Reopen;
        options.Partition = partition;
        options.Refresh = (context, _) =>
        {
            _calls.Enqueue(context.Refused);
            return ValueTask.FromResult(new RefreshResult { Headers = new Dictionary<string, string> { [Token] = _token } });
        };
    });
}
