using System.Net;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Asking the origin whether an open file is still the one it was.</summary>
public sealed class RevalidationTests : IAsyncLifetime
{
    private const int Length = 1 << 20;

    private FileRig _rig = null!;
    private ServedFile _served = null!;
    private IRemoteFile _file = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync();
        _served = _rig.Server.Add("file.bin", Length);
        _file = await _rig.OpenAsync(_served);
        await _rig.ForgetAsync();
    }

    public async Task DisposeAsync()
    {
        await _rig.WhenQuietAsync();
        _file.Dispose();
        await _rig.DisposeAsync();
    }

    [Fact]
    public async Task An_unchanged_file_is_confirmed_by_one_small_request()
    {
        RemoteFileInfo info = await _file.RevalidateAsync();

        Assert.Equal(await _file.GetInfoAsync(), info);
        Assert.Equal(["bytes=0-0"], _rig.Ranges);
    }

    [Fact]
    public async Task A_changed_file_is_told_with_both_versions()
    {
        string? opened = _served.EntityTag;
        _served.Update(version: 2, Length + 1);
        RemoteFileChangedException failure = await Assert.ThrowsAsync<RemoteFileChangedException>(
            () => _file.RevalidateAsync().AsTask());

        Assert.Equal((opened, (long?)Length), (failure.Opened?.EntityTag, failure.Opened?.Length));
        Assert.Equal((_served.EntityTag, (long?)Length + 1), (failure.Current?.EntityTag, failure.Current?.Length));

        // Two more tries: the first reply might be of a replica that is ahead.
        Assert.Equal(["bytes=0-0", "bytes=0-0", "bytes=0-0"], _rig.Ranges);
        Assert.DoesNotContain(_rig.Server.Log, static request => request.Headers.ContainsKey("If-Match"));
    }

    [Fact]
    public async Task A_file_that_became_empty_has_changed()
    {
        _served.Update(version: 2, 0);
        RemoteFileChangedException failure = await Assert.ThrowsAsync<RemoteFileChangedException>(
            () => _file.RevalidateAsync().AsTask());

        Assert.Equal(0, failure.Current?.Length);
    }

    [Fact]
    public async Task A_file_that_is_gone_is_a_network_failure_and_its_blocks_stay()
    {
        _rig.Server.Remove(_served);
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => _file.RevalidateAsync().AsTask());

        Assert.Equal(HttpStatusCode.NotFound, failure.StatusCode);
        await _file.AssertReadsAsync(_served, Length - 100, 100);
    }

    [Fact]
    public async Task Its_caller_can_cancel_it_and_closing_the_file_ends_it()
    {
        ResponseGate gate = _served.HoldHeaders();
        using var cancellation = new CancellationTokenSource();
        Task cancelled = _file.RevalidateAsync(cancellation.Token).AsTask();
        Task closed = _file.RevalidateAsync().AsTask();
        await gate.WhenReached(2).WaitAsync(FileRig.HangGuard);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(closed.IsCompleted);
        _file.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => closed);
    }
}
