using Hctef.Fetching;
using Hctef.TestServer;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Cursors that stream past the cache.</summary>
public sealed class UncachedCursorTests : IAsyncLifetime
{
    private const int Length = 64 << 20;

    private readonly ManualTimeProvider _time = new();
    private FileRig _rig = null!;
    private ServedFile _served = null!;
    private IRemoteFile _file = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(time: _time);
        _served = _rig.Server.Add("large.bin", Length);
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
    public async Task Reading_64_MiB_in_order_is_few_requests_and_leaves_the_cache_alone(bool sync)
    {
        await using RemoteFileStream cursor = _file.OpenStream(CursorCaching.Uncached);
        byte[] buffer = new byte[128 * 1024];
        for (long offset = 0; offset < Length; offset += buffer.Length)
        {
            int read = sync ? cursor.Read(buffer) : await cursor.ReadAsync(buffer);
            Assert.Equal(buffer.Length, read);
            Assert.True(_served.Matches(buffer, offset));
        }

        await _rig.WhenQuietAsync();
        Assert.Equal(["bytes=0-1048575", "bytes=1048576-5242879", "bytes=5242880-22020095", "bytes=22020096-67108863"], _rig.Ranges);
        Assert.Equal(Length, _rig.BytesSent);
        Assert.Empty(_file.GetCachedRanges());
        Assert.Equal(0, _rig.Engine.Cache.PoolBytes);
    }

    [Fact]
    public async Task Copying_all_is_one_request()
    {
        await using RemoteFileStream cursor = _file.OpenStream(CursorCaching.Uncached);
        long position = 0;
        await using var destination = new CheckingStream(bytes =>
        {
            Assert.True(_served.Matches(bytes, position));
            position += bytes.Length;
        });
        await cursor.CopyToAsync(destination);

        Assert.Equal(Length, position);
        Assert.Equal([$"bytes=0-{Length - 1}"], _rig.Ranges);
        Assert.Empty(_file.GetCachedRanges());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cursor_that_rests_gives_its_permit_back_and_goes_on_where_it_was(bool sync)
    {
        await using RemoteFileStream cursor = _file.OpenStream(CursorCaching.Uncached);
        byte[] buffer = new byte[300 * 1024];
        Assert.Equal(buffer.Length, cursor.Read(buffer));
        Assert.Equal(1, _rig.Gate.Taken);
        _time.Advance(DirectRead.MostRest);
        await _rig.WhenQuietAsync();
        Assert.Equal(1, _rig.Server.RequestCount);

        byte[] rest = new byte[(1 << 20) - buffer.Length];
        Assert.Equal(rest.Length, sync ? cursor.Read(rest) : await cursor.ReadAsync(rest));
        Assert.True(_served.Matches(buffer, 0) && _served.Matches(rest, buffer.Length));
        RequestedRange resumed = RequestedRange.Parse(Assert.Single(_rig.Ranges, range => range != _rig.Ranges[0]))!.Value;
        Assert.InRange(resumed.First!.Value, buffer.Length, buffer.Length + (64 * 1024));
        Assert.Equal((1 << 20) - 1, resumed.Last);
    }

    [Fact]
    public async Task L2_a_cancelled_read_of_a_host_that_does_not_answer_gives_its_permit_back()
    {
        await using RemoteFileStream cursor = _file.OpenStream(CursorCaching.Uncached);
        ResponseGate gate = _served.HoldHeaders(static request => request.Number == 1);
        using var cancellation = new CancellationTokenSource();
        byte[] buffer = new byte[100];
        Task<int> read = cursor.ReadAsync(buffer, cancellation.Token).AsTask();
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        _time.Advance(DirectRead.MostRest);

        await _served.WhenAborted(1).WaitAsync(FileRig.HangGuard);
        await _rig.WhenQuietAsync();
        await cursor.ReadExactlyAsync(buffer);
        Assert.True(_served.Matches(buffer, 0));
        Assert.Equal(["bytes=0-1048575", "bytes=0-1048575"], _rig.Ranges);
    }

    [Fact]
    public async Task A_cursor_that_reads_on_in_time_keeps_its_request()
    {
        await using RemoteFileStream cursor = _file.OpenStream(CursorCaching.Uncached);
        byte[] buffer = new byte[100 * 1024];
        for (int i = 0; i < 5; i++)
        {
            await cursor.ReadExactlyAsync(buffer);
            _time.Advance(DirectRead.MostRest - TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(["bytes=0-1048575"], _rig.Ranges);
    }

    [Fact]
    public async Task Seeking_starts_anew_and_closing_gives_the_permit_back()
    {
        await using RemoteFileStream cursor = _file.OpenStream(CursorCaching.Uncached);
        byte[] buffer = new byte[1000];
        await cursor.ReadExactlyAsync(buffer);
        cursor.Position = 10 << 20;
        await cursor.ReadExactlyAsync(buffer);
        Assert.True(_served.Matches(buffer, 10 << 20));
        Assert.Equal(["bytes=0-1048575", "bytes=10485760-11534335"], _rig.Ranges);

        await cursor.DisposeAsync();
        await _rig.WhenQuietAsync();
    }

    [Fact]
    public async Task A_change_of_the_file_fails_the_cursor_and_the_next_read_asks_again()
    {
        await using RemoteFileStream cursor = _file.OpenStream(CursorCaching.Uncached);
        _served.Update(version: 2, Length);
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => cursor.ReadAsync(new byte[10]).AsTask());
        _served.Update(version: 1, Length);
        byte[] buffer = new byte[10];
        await cursor.ReadExactlyAsync(buffer);
        Assert.True(_served.Matches(buffer, 0));
    }
}
