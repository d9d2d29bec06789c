using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Files;

/// <summary>Use after dispose, double dispose, and what disposing ends.</summary>
public sealed class DisposalTests : IAsyncLifetime
{
    private const int Length = 1 << 20;

    private FileRig _rig = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync();
        _served = _rig.Server.Add("file.bin", Length);
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task L5_a_closed_file_refuses_everything_but_its_statistics()
    {
        IRemoteFile file = await _rig.OpenAsync(_served);
        await file.AssertReadsAsync(_served, 0, 100);
        RemoteFileStream cursor = file.OpenStream();
        await file.DisposeAsync();
        byte[] buffer = new byte[10];

        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.ReadAsync(buffer, 0).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.ReadExactlyAsync(buffer, 0).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.ReadRangesAsync([new RangeRead(0, buffer)]).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.GetInfoAsync().AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.RevalidateAsync().AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.PrefetchAsync([new ByteRange(0, 10)]).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.OpenStreamAsync().AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.CopyToAsync(Stream.Null, new ByteRange(0, 10)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => cursor.ReadAsync(buffer).AsTask());
        Assert.Throws<ObjectDisposedException>(() => { file.Read(buffer, 0); });
        Assert.Throws<ObjectDisposedException>(() => { file.GetInfo(); });
        Assert.Throws<ObjectDisposedException>(() => { file.OpenStream(); });
        Assert.Throws<ObjectDisposedException>(() => { cursor.ReadByte(); });
        Assert.Empty(file.GetCachedRanges());
        Assert.Equal(100, file.GetStatistics().BytesServed);
        await cursor.DisposeAsync();
    }

    [Fact]
    public async Task L5_disposing_twice_is_harmless()
    {
        IRemoteFile file = await _rig.OpenAsync(_served);
        using IRemoteFile other = await _rig.OpenAsync(_served);
        file.Dispose();
        file.Dispose();
        await file.DisposeAsync();

        await other.AssertReadsAsync(_served, 0, Length);
    }

    [Theory]
    [InlineData(CursorCaching.Shared)]
    [InlineData(CursorCaching.Uncached)]
    [InlineData(CursorCaching.Private)]
    public async Task A_closed_cursor_refuses_reads_and_leaves_its_file_open(CursorCaching caching)
    {
        using IRemoteFile file = await _rig.OpenAsync(_served);
        RemoteFileStream cursor = file.OpenStream(caching);
        Assert.Equal(100, await cursor.ReadAsync(new byte[100]));
        cursor.Dispose();
        await cursor.DisposeAsync();

        Assert.False(cursor.CanRead);
        Assert.Throws<ObjectDisposedException>(() => { cursor.ReadExactly(new byte[1]); });
        await Assert.ThrowsAsync<ObjectDisposedException>(() => cursor.ReadAsync(new byte[1]).AsTask());
        Assert.Throws<ObjectDisposedException>(() => { cursor.Seek(0, SeekOrigin.Begin); });
        Assert.Throws<ObjectDisposedException>(() => { cursor.Clone(); });
        await file.AssertReadsAsync(_served, 0, Length);
    }

    [Fact]
    public async Task A_stream_that_owns_its_file_closes_it()
    {
        RemoteFileStream stream = await _rig.Files.OpenStreamAsync(_served.Uri);
        RemoteFileStream clone = stream.Clone();
        await stream.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => { clone.ReadByte(); });
    }

    [Theory]
    [InlineData(CursorCaching.Shared, false)]
    [InlineData(CursorCaching.Shared, true)]
    [InlineData(CursorCaching.Uncached, false)]
    [InlineData(CursorCaching.Uncached, true)]
    [InlineData(CursorCaching.Private, false)]
    [InlineData(CursorCaching.Private, true)]
    public async Task L5_closing_a_file_ends_the_reads_that_wait_and_their_request(CursorCaching caching, bool sync)
    {
        ResponseGate gate = _served.HoldAt(0, static request => request.Range != "bytes=0-0");
        using IRemoteFile file = await _rig.OpenColdAsync(_served);
        await using RemoteFileStream cursor = file.OpenStream(caching);
        byte[] buffer = new byte[Length];
        Task<int> read = sync ? OwnThread.RunAsync(() => cursor.Read(buffer)) : cursor.ReadAsync(buffer).AsTask();
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        file.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.WaitAsync(FileRig.HangGuard));
        await _served.WhenAborted(1).WaitAsync(FileRig.HangGuard);
        await _rig.WhenQuietAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task L6_disposing_the_container_ends_the_reads_that_wait(bool sync)
    {
        ResponseGate gate = _served.HoldAt(0, static request => request.Range != "bytes=0-0");
        using IRemoteFile file = await _rig.OpenColdAsync(_served);
        Task<int> read = file.ReadAsync(new byte[Length], 0, sync);
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        await _rig.Services.DisposeAsync();

        Exception failure = await Assert.ThrowsAnyAsync<Exception>(() => read);
        Assert.True(failure is HctefException or ObjectDisposedException, failure.ToString());
        await _served.WhenAborted(1).WaitAsync(FileRig.HangGuard);
    }

    [Fact]
    public async Task The_container_closes_its_registered_files_and_they_cannot_be_closed_by_others()
    {
        await using FileRig rig = await FileRig.StartAsync(
            register: static (builder, server) => builder.AddRemoteFile("file", server.Add("file.bin", Length).Uri));
        IRemoteFile file = rig.Services.GetRequiredKeyedService<IRemoteFile>("FILE");
        Assert.Equal(100, await file.ReadAsync(new byte[100], 0));
        await file.DisposeAsync();
        Assert.Equal(100, await file.ReadAsync(new byte[100], 100));
        await rig.Services.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.ReadAsync(new byte[100], 0).AsTask());
    }
}
