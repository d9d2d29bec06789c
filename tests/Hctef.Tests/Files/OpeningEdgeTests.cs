using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Opening files of unusual lengths, and what an opening waits for.</summary>
public sealed class OpeningEdgeTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Suffix = (64 * 1024) + Block - 1;

    private FileRig _rig = null!;

    public async Task InitializeAsync() => _rig = await FileRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData(true, PrefetchDirection.End)]
    [InlineData(true, PrefetchDirection.Start)]
    [InlineData(false, PrefetchDirection.End)]
    [InlineData(false, PrefetchDirection.Start)]
    public async Task An_empty_file_opens_by_one_request_whether_its_server_knows_ranges(bool knowsRanges, PrefetchDirection direction)
    {
        ServedFile served = _rig.Server.Add("empty.bin", 0);
        served.SupportsRanges = knowsRanges;
        using IRemoteFile file = await _rig.OpenAsync(served, options => options.PrefetchDirection = direction);

        Assert.Equal(knowsRanges ? 416 : 200, _rig.Server.Log[0].Status);
        Assert.Equal(0, (await file.GetInfoAsync()).Length);
        Assert.Equal(0, await file.ReadAsync(new byte[10], 0));
        Assert.Equal(0, file.Read(new byte[10], 0));
        Assert.Equal(0, await file.PrefetchAsync([new ByteRange(0, 100)]));
        await file.CopyToAsync(Stream.Null, new ByteRange(0, 100));
        await using RemoteFileStream stream = file.OpenStream();
        Assert.Equal(-1, stream.ReadByte());
        await _rig.WhenQuietAsync();
        Assert.Equal(1, _rig.Server.RequestCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(Block - 1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData(Suffix)]
    public async Task A_file_within_the_suffix_comes_with_its_opening(int length)
    {
        ServedFile served = _rig.Server.Add("small.bin", length);
        using IRemoteFile file = await _rig.OpenAsync(served);
        await file.AssertReadsAsync(served, 0, length);
        await _rig.WhenQuietAsync();

        Assert.Equal([$"bytes=-{Suffix}"], _rig.Ranges);
        Assert.Equal(length, _rig.BytesSent);
        Assert.Equal($"0-{length}", file.CachedText());
    }

    [Fact]
    public async Task A_file_one_byte_longer_than_the_suffix_is_completed_by_its_missing_byte_on_demand()
    {
        ServedFile served = _rig.Server.Add("blocks.bin", Suffix + 1);
        using IRemoteFile file = await _rig.OpenAsync(served, options => options.PrefetchBytes = 64 * 1024);
        await _rig.WhenQuietAsync();
        Assert.Equal($"{Block}-{5 * Block}", file.CachedText());

        await file.AssertReadsAsync(served, 100, 1);
        Assert.Equal([$"bytes=-{Suffix}", "bytes=0-0"], _rig.Ranges);
        await file.AssertReadsAsync(served, 0, Suffix + 1);
        Assert.Equal(2, _rig.Server.RequestCount);
    }

    [Theory]
    [InlineData(PrefetchDirection.End)]
    [InlineData(PrefetchDirection.Start)]
    public async Task Opening_ends_at_the_headers_while_the_body_is_held_back(PrefetchDirection direction)
    {
        const int length = 64 * 1024;
        ServedFile served = _rig.Server.Add("held.bin", length);
        ResponseGate gate = served.HoldAt(0);
        using IRemoteFile file = await _rig.OpenAsync(served, options =>
        {
            options.PrefetchBytes = length;
            options.PrefetchDirection = direction;
        });
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        Assert.Equal(length, (await file.GetInfoAsync()).Length);
        Assert.Equal(0, _rig.BytesSent);

        Task read = file.AssertReadsAsync(served, 0, length);
        Assert.False(read.IsCompleted);
        gate.Release();
        await read;
        Assert.Equal(1, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task A_read_is_served_while_the_opening_body_is_still_on_its_way()
    {
        const int length = 8 * Block;
        ServedFile served = _rig.Server.Add("slow.bin", length);
        ResponseGate gate = served.HoldAt(2 * Block);
        using IRemoteFile file = await _rig.OpenAsync(served, options =>
        {
            options.PrefetchBytes = length;
            options.PrefetchDirection = PrefetchDirection.Start;
        });

        await file.AssertReadsAsync(served, 0, 2 * Block);
        Assert.False(gate.IsReleased);
        Assert.Equal(1, _rig.Server.RequestCount);
        gate.Release();
        await file.AssertReadsAsync(served, 0, length);
        Assert.Equal(1, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task A_cancelled_opening_gives_its_permit_back()
    {
        ServedFile served = _rig.Server.Add("held.bin", 1000);
        ResponseGate gate = served.HoldHeaders();
        using var cancellation = new CancellationTokenSource();
        Task<IRemoteFile> opening = _rig.Files.OpenAsync(served.Uri, cancellationToken: cancellation.Token);
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        await cancellation.CancelAsync();

        OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
        await served.WhenAborted(1).WaitAsync(FileRig.HangGuard);
        await _rig.WhenQuietAsync();
    }
}
