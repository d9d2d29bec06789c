using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Cursors with blocks of their own.</summary>
public sealed class PrivateCursorTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Count = 1 << 20;

    private FileRig _rig = null!;
    private ServedFile _served = null!;
    private IRemoteFile _file = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync();
        _served = _rig.Server.Add("file.bin", 4 << 20);
        _file = await _rig.OpenColdAsync(_served);
        await _rig.ForgetAsync();
    }

    public async Task DisposeAsync()
    {
        _file.Dispose();
        await _rig.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Its_blocks_serve_it_alone_and_are_freed_when_it_closes(bool sync)
    {
        RemoteFileStream cursor = _file.OpenStream(CursorCaching.Private);
        await ReadAsync(cursor, sync);
        await ReadAsync(cursor, sync);
        Assert.Equal([$"bytes=0-{Count - 1}"], _rig.Ranges);
        Assert.Empty(_file.GetCachedRanges());
        Assert.Equal(Count, _rig.Engine.Cache.PoolBytes);

        await _rig.WhenQuietAsync();
        await cursor.DisposeAsync();
        await using RemoteFileStream next = _file.OpenStream(CursorCaching.Private);
        await ReadAsync(next, sync);
        Assert.Equal([$"bytes=0-{Count - 1}", $"bytes=0-{Count - 1}"], _rig.Ranges);
        Assert.Equal(Count, _rig.Engine.Cache.PoolBytes);
    }

    [Fact]
    public async Task Closing_it_during_a_read_lets_the_read_end_with_the_right_bytes()
    {
        ResponseGate gate = _served.HoldAt(Block);
        RemoteFileStream cursor = _file.OpenStream(CursorCaching.Private);
        byte[] buffer = new byte[2 * Block];
        Task<int> read = cursor.ReadAsync(buffer).AsTask();
        await gate.Reached.WaitAsync(FileRig.HangGuard);

        await cursor.DisposeAsync();
        gate.Release();

        Assert.Equal(buffer.Length, await read.WaitAsync(FileRig.HangGuard));
        Assert.True(_served.Matches(buffer, 0));
        Assert.Equal(1, _rig.Server.RequestCount);
        Assert.Empty(_file.GetCachedRanges());
    }

    [Fact]
    public async Task It_does_not_see_the_file_s_blocks_nor_give_it_its_own()
    {
        await _file.AssertReadsAsync(_served, 0, Block);
        await using RemoteFileStream cursor = _file.OpenStream(CursorCaching.Private);
        await cursor.ReadExactlyAsync(new byte[2 * Block]);
        await _file.AssertReadsAsync(_served, Block, Block);

        Assert.Equal([$"bytes=0-{Block - 1}", $"bytes=0-{(2 * Block) - 1}", $"bytes={Block}-{(2 * Block) - 1}"], _rig.Ranges);
    }

    [Fact]
    public async Task A_clone_has_blocks_of_its_own_that_outlive_the_first()
    {
        RemoteFileStream cursor = _file.OpenStream(CursorCaching.Private);
        await ReadAsync(cursor, sync: false);
        await using RemoteFileStream clone = cursor.Clone();
        await ReadAsync(clone, sync: false);
        await cursor.DisposeAsync();
        await ReadAsync(clone, sync: true);

        Assert.Equal(2, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task The_shared_blocks_stay_when_it_closes()
    {
        await _file.AssertReadsAsync(_served, 0, Count);
        RemoteFileStream cursor = _file.OpenStream(CursorCaching.Private);
        await ReadAsync(cursor, sync: false);
        await cursor.DisposeAsync();

        Assert.Equal($"0-{Count}", _file.CachedText());
        await _file.AssertReadsAsync(_served, 0, Count);
    }

    private async Task ReadAsync(RemoteFileStream cursor, bool sync)
    {
        byte[] buffer = new byte[Count];
        cursor.Position = 0;
        Assert.Equal(Count, sync ? await OwnThread.RunAsync(() => cursor.Read(buffer)) : await cursor.ReadAsync(buffer));
        Assert.True(_served.Matches(buffer, 0));
    }
}
