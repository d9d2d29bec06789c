using Hctef.Files;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Fetching;

/// <summary>The same over real sockets, where the server says how far a reply goes and sees what becomes of it.</summary>
public sealed class GatedServerTests : IAsyncLifetime
{
    private const int FileBytes = 8 << 20;

    private readonly SocketsHttpHandler _handler = new();
    private HonestServer _server = null!;
    private ServedFile _served = null!;
    private FetchRig _rig = null!;

    public async Task InitializeAsync()
    {
        _server = await HonestServer.StartAsync();
        _served = _server.Add("file.bin", FileBytes);
        _rig = FetchRig.Create(_handler, new HctefOptions());
    }

    public async Task DisposeAsync()
    {
        _rig.Dispose();
        await _server.DisposeAsync();
        _handler.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_first_block_of_a_slow_reply_is_read_before_the_reply_ends(bool sync)
    {
        RemoteFile file = await _rig.OpenAsync(_served.Uri);
        _server.ResetCounts();
        ResponseGate gate = _served.HoldAt(HctefDefaults.BlockBytes + 1000);
        Task<int> whole = file.ReadAsync(new byte[FileBytes], 0).AsTask();
        await gate.Reached.WaitAsync(FetchRig.HangGuard);

        byte[] buffer = new byte[HctefDefaults.BlockBytes];
        Task<int> read = sync
            ? Task.Factory.StartNew(() => file.Read(buffer, 0), TaskCreationOptions.LongRunning)
            : file.ReadAsync(buffer, 0).AsTask();
        Assert.Equal(buffer.Length, await read.WaitAsync(FetchRig.HangGuard));

        Assert.True(_served.Matches(buffer, 0));
        Assert.False(Assert.Single(_server.Log).Completed);
        Assert.False(whole.IsCompleted);
        gate.Release();
        Assert.Equal(FileBytes, await whole.WaitAsync(FetchRig.HangGuard));
        await _rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task L2_when_all_readers_cancel_the_server_sees_the_request_end()
    {
        RemoteFile file = await _rig.OpenAsync(_served.Uri);
        ResponseGate gate = _served.HoldAt(3_000_000);
        using var source = new CancellationTokenSource();
        Task<int>[] reads = [.. Enumerable.Range(0, 8).Select(_ => file.ReadAsync(new byte[FileBytes], 0, source.Token).AsTask())];
        await gate.Reached.WaitAsync(FetchRig.HangGuard);

        await source.CancelAsync();

        foreach (Task<int> read in reads)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        }

        await _served.WhenAborted(1).WaitAsync(FetchRig.HangGuard);
        await _rig.CheckSettledAsync(file);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task M2_a_hundred_overlapping_reads_need_no_more_than_the_permits_there_are(int permits)
    {
        var options = new HctefOptions();
        options.Transport.MaxConcurrencyPerHost = permits;
        using FetchRig rig = FetchRig.Create(_handler, options);
        RemoteFile file = await rig.OpenAsync(_served.Uri);
        _server.ResetCounts();
        using var uncached = new UncachedCursor(file);
        byte[] start = new byte[10];
        await uncached.ReadAsync(start, 0, CancellationToken.None);

        byte[][] buffers = [.. Enumerable.Range(0, 100).Select(static i => new byte[50_000 + i])];
        Task<int>[] reads = [.. buffers.Select((buffer, i) => i % 2 == 0
            ? file.ReadAsync(buffer, i * 40_000).AsTask()
            : Task.Factory.StartNew(() => file.Read(buffer, i * 40_000), TaskCreationOptions.LongRunning))];
        await Task.WhenAll(reads).WaitAsync(FetchRig.HangGuard);

        Assert.All(buffers.Select(static (buffer, i) => (buffer, i)), read => Assert.True(_served.Matches(read.buffer, read.i * 40_000)));
        Assert.InRange(_server.MaxConcurrency, 1, permits);
        uncached.Dispose();
        await rig.CheckSettledAsync(file);
    }
}
