using System.Net;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Files that go on with the version that their origin serves now (<see cref="ChangePolicy.Reopen"/>).</summary>
public sealed class ChangePolicyTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Length = 1 << 20;

    private FileRig _rig = null!;
    private ServedFile _served = null!;
    private IRemoteFile _file = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(options => options.FileDefaults.OnChange = ChangePolicy.Reopen);
        _served = _rig.Server.Add("file.bin", Length);
        _file = await _rig.OpenColdAsync(_served);
    }

    public async Task DisposeAsync()
    {
        _file.Dispose();
        await _rig.DisposeAsync();
    }

    [Theory]
    [InlineData(Length, false)]
    [InlineData(Length, true)]
    [InlineData(2 * Length, false)]
    [InlineData(Length - 7, true)]
    public async Task D1_D2_the_call_that_notices_fails_and_the_next_reads_the_new_version(int newLength, bool sync)
    {
        await _file.AssertReadsAsync(_served, 0, 2 * Block, sync);
        _served.Update(version: 2, newLength);
        RemoteFileChangedException failure = await Assert.ThrowsAsync<RemoteFileChangedException>(
            () => _file.ReadAsync(new byte[Block], 5 * Block, sync));

        Assert.Equal(Length, failure.Opened?.Length);
        await _file.AssertReadsAsync(_served, 0, 2 * Block, sync);
        await _file.AssertReadsAsync(_served, newLength - 100, 100, sync);
        RemoteFileInfo info = await _file.GetInfoAsync();
        Assert.Equal((newLength, _served.EntityTag), (info.Length, info.EntityTag));
        Assert.Equal(info, _file.GetInfo());
        Assert.Equal(2, OpeningRequests);
        Assert.Equal(_rig.Server.RequestCount, _file.GetStatistics().Requests);
    }

    [Fact]
    public async Task Readers_who_notice_together_reopen_once()
    {
        const int Readers = 16;
        ResponseGate gate = _served.HoldHeaders(request => request.Headers.ContainsKey("If-Match"));
        Task[] reads = [.. Enumerable.Range(0, Readers).Select(i => _file.ReadAsync(new byte[10], i * 4 * Block, sync: i % 2 == 1))];
        await gate.WhenReached(Readers).WaitAsync(FileRig.HangGuard);
        _served.Update(version: 2, Length);
        ResponseGate opening = _served.HoldHeaders(IsOpening);
        gate.Release();
        await opening.Reached.WaitAsync(FileRig.HangGuard);

        opening.Release();
        foreach (Task read in reads)
            await Assert.ThrowsAsync<RemoteFileChangedException>(() => read.WaitAsync(FileRig.HangGuard));
        await Task.WhenAll(Enumerable.Range(0, Readers).Select(i => _file.AssertReadsAsync(_served, i * 4 * Block, Block)));
        Assert.Equal(2, OpeningRequests);
    }

    [Theory]
    [InlineData(CursorCaching.Shared, false)]
    [InlineData(CursorCaching.Shared, true)]
    [InlineData(CursorCaching.Private, false)]
    [InlineData(CursorCaching.Uncached, false)]
    [InlineData(CursorCaching.Uncached, true)]
    public async Task A_cursor_fails_once_and_goes_on_with_the_new_version(CursorCaching caching, bool sync)
    {
        await using RemoteFileStream cursor = _file.OpenStream(caching);
        await using RemoteFileStream other = _file.OpenStream(caching);
        byte[] buffer = new byte[100];
        await ReadAsync(cursor, buffer, 0, sync);
        await ReadAsync(other, buffer, 0, sync);
        _served.Update(version: 2, 2 * Length);
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => _file.ReadAsync(buffer, 9 * Block, sync));

        // Neither has read anything of the new version, and one of them would find its next bytes in the cache.
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => ReadAsync(cursor, buffer, 100, sync));
        Assert.Equal(2 * Length, cursor.Length);
        await ReadAsync(cursor, buffer, 100, sync);
        Assert.True(_served.Matches(buffer, 100));
        Assert.Equal(200, cursor.Position);

        await using RemoteFileStream clone = other.Clone();
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => other.CopyToAsync(Stream.Null));
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => ReadAsync(clone, buffer, 200, sync));
        await ReadAsync(other, buffer, (2 * Length) - 100, sync);
        Assert.True(_served.Matches(buffer, (2 * Length) - 100));
        await ReadAsync(clone, buffer, 200, sync);
        Assert.True(_served.Matches(buffer, 200));
        Assert.Equal(2, OpeningRequests);
    }

    [Theory]
    [InlineData(CursorCaching.Shared)]
    [InlineData(CursorCaching.Uncached)]
    public async Task A_cursor_that_notices_itself_fails_once(CursorCaching caching)
    {
        await using RemoteFileStream cursor = _file.OpenStream(caching);
        byte[] buffer = new byte[100];
        await ReadAsync(cursor, buffer, 0, sync: false);
        await _rig.WhenQuietAsync();
        _served.Update(version: 2, Length);

        await Assert.ThrowsAsync<RemoteFileChangedException>(() => ReadAsync(cursor, buffer, 30 * Block, sync: false));
        await ReadAsync(cursor, buffer, 30 * Block, sync: false);
        Assert.True(_served.Matches(buffer, 30 * Block));
        await _file.AssertReadsAsync(_served, 0, Block);
    }

    [Fact]
    public async Task Revalidating_opens_the_new_version()
    {
        await _file.AssertReadsAsync(_served, 0, Block);
        Assert.Equal(_served.EntityTag, (await _file.RevalidateAsync()).EntityTag);
        _served.Update(version: 2, Length + 1);
        RemoteFileInfo info = await _file.RevalidateAsync();

        Assert.Equal((Length + 1, _served.EntityTag), (info.Length, info.EntityTag));
        await _file.AssertReadsAsync(_served, 0, Block);
    }

    [Fact]
    public async Task While_the_new_version_cannot_be_opened_the_old_one_is_not_read_either()
    {
        await _file.AssertReadsAsync(_served, 0, Block);
        _served.Update(version: 2, Length);
        ResponseGate opening = _served.HoldHeaders(IsOpening);
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => _file.ReadAsync(new byte[10], 5 * Block, sync: false));
        await opening.Reached.WaitAsync(FileRig.HangGuard);
        Task<int> next = _file.ReadAsync(new byte[Block], 0, sync: false);
        _served.StatusOverride = new StatusOverride(403);
        opening.Release();

        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => next);
        Assert.Equal(HttpStatusCode.Forbidden, failure.StatusCode);
        await Assert.ThrowsAsync<HctefNetworkException>(() => _file.ReadAsync(new byte[Block], 0, sync: true));
        Assert.Empty(_file.GetCachedRanges());
        _served.StatusOverride = null;
        await _file.AssertReadsAsync(_served, 0, Block);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task D10_prefetches_of_the_old_version_end_with_it(bool reads)
    {
        ResponseGate gate = _served.HoldAt(Block, request => request.Headers.ContainsKey("If-Match"));
        Task prefetch = reads
            ? _file.ReadAsync(new byte[4 * Block], 0, sync: false)
            : _file.PrefetchAsync([new ByteRange(0, 4 * Block)]).AsTask();
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        _served.Update(version: 2, Length);
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => _file.ReadAsync(new byte[10], 9 * Block, sync: false));

        await _file.GetInfoAsync();
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => prefetch.WaitAsync(FileRig.HangGuard));
        Assert.Empty(_file.GetCachedRanges());
        gate.Release();
        await _rig.WhenQuietAsync();
        Assert.Empty(_file.GetCachedRanges());
        await _file.AssertReadsAsync(_served, 0, 4 * Block);
    }

    [Fact]
    public async Task Closing_the_file_ends_a_reopening_under_way()
    {
        await using RemoteFileStream cursor = _file.OpenStream();
        _served.Update(version: 2, Length);
        ResponseGate opening = _served.HoldHeaders(IsOpening);
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => _file.ReadAsync(new byte[10], 5 * Block, sync: false));
        Task<int> next = _file.ReadAsync(new byte[10], 5 * Block, sync: false);
        Task<int> fromCursor = cursor.ReadAsync(new byte[10]).AsTask();
        await opening.Reached.WaitAsync(FileRig.HangGuard);
        _file.Dispose();
        _file.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => next);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => fromCursor.WaitAsync(FileRig.HangGuard));
        Assert.Throws<ObjectDisposedException>(() => _file.GetInfo());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _file.ReadAsync(new byte[10], 0, sync: false));
        opening.Release();
        await _rig.WhenQuietAsync();
    }

    [Fact]
    public async Task A_caller_who_gives_up_waiting_leaves_the_reopening_to_the_others()
    {
        _served.Update(version: 2, Length);
        ResponseGate opening = _served.HoldHeaders(IsOpening);
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => _file.ReadAsync(new byte[10], 5 * Block, sync: false));
        using var cancellation = new CancellationTokenSource();
        Task<int> cancelled = _file.ReadAsync(new byte[10], 0, cancellation.Token).AsTask();
        Task kept = _file.AssertReadsAsync(_served, 0, 10);
        await opening.Reached.WaitAsync(FileRig.HangGuard);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        opening.Release();
        await kept;
        Assert.Equal(2, OpeningRequests);
    }

    private int OpeningRequests => _rig.Server.Log.Count(IsOpening);

    /// <summary>Without prefetching, openings ask for one byte, and nothing else does.</summary>
    private static bool IsOpening(RequestRecord request) => request.Range == "bytes=0-0";

    private static Task ReadAsync(RemoteFileStream cursor, byte[] buffer, long position, bool sync)
    {
        cursor.Position = position;
        return sync ? OwnThread.RunAsync(() => cursor.Read(buffer)) : cursor.ReadExactlyAsync(buffer).AsTask().WaitAsync(FileRig.HangGuard);
    }
}
