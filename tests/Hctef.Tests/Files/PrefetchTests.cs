using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Ranges that the caller says it will need.</summary>
public sealed class PrefetchTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Length = (256 * Block) + 100;

    private FileRig _rig = null!;
    private ServedFile _served = null!;
    private IRemoteFile _file = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync();
        _served = _rig.Server.Add("file.bin", Length);
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
    public async Task Ranges_are_asked_in_whole_blocks_and_joined(bool sync)
    {
        ByteRange[] ranges = [new(10 * Block, 100), new(100, Block), new(2 * Block, 1), new((10 * Block) + 50, 100)];
        Assert.Equal(4 * Block, await PrefetchAsync(ranges, sync));

        Assert.Equal(
            [$"bytes=0-{(3 * Block) - 1}", $"bytes={10 * Block}-{(11 * Block) - 1}"], _rig.Ranges.Order(StringComparer.Ordinal));
        Assert.Equal($"0-{3 * Block} {10 * Block}-{11 * Block}", _file.CachedText());
        await _file.AssertReadsAsync(_served, 0, 3 * Block);
        Assert.Equal(2, _rig.Server.RequestCount);
        Assert.Equal(1, _file.GetStatistics().Hits);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_cached_is_not_asked_again(bool sync)
    {
        await _file.AssertReadsAsync(_served, Block, 2 * Block);
        Assert.Equal(2 * Block, await PrefetchAsync([new ByteRange(0, 4 * Block)], sync));
        Assert.Equal(0, await PrefetchAsync([new ByteRange(0, 4 * Block)], sync));

        Assert.Equal(4 * Block, _rig.BytesSent);
    }

    [Fact]
    public async Task What_is_in_flight_is_waited_for_and_not_asked_again()
    {
        ResponseGate gate = _served.HoldAt(0);
        Task read = _file.AssertReadsAsync(_served, 0, 2 * Block);
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        Task<long> prefetch = _file.PrefetchAsync([new ByteRange(0, 2 * Block)]).AsTask();
        Assert.False(prefetch.IsCompleted);
        gate.Release();

        Assert.Equal(0, await prefetch);
        await read;
        Assert.Equal([$"bytes=0-{(2 * Block) - 1}"], _rig.Ranges);
    }

    [Fact]
    public async Task A_reader_joins_what_is_being_prefetched()
    {
        ResponseGate gate = _served.HoldAt(4 * Block);
        Task<long> prefetch = _file.PrefetchAsync([new ByteRange(0, 64 * Block)]).AsTask();
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        await _file.AssertReadsAsync(_served, Block, Block);
        Assert.False(prefetch.IsCompleted);
        gate.Release();

        Assert.Equal(64 * Block, await prefetch);
        Assert.Equal(1, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task Nothing_to_do_asks_nothing()
    {
        Assert.Equal(0, await _file.PrefetchAsync([]));
        Assert.Equal(0, await _file.PrefetchAsync([new ByteRange(0, 0), new ByteRange(Length, 100), new ByteRange(long.MaxValue, 1)]));
        Assert.Equal(0, _rig.Server.RequestCount);
        Assert.Equal(100, await _file.PrefetchAsync([new ByteRange(256 * Block, long.MaxValue)]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _file.PrefetchAsync([new ByteRange(-1, 1)]).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _file.PrefetchAsync([new ByteRange(0, -1)]).AsTask());
    }

    [Fact]
    public async Task L2_cancelling_the_only_one_who_wants_it_ends_the_request()
    {
        ResponseGate gate = _served.HoldAt(4 * Block);
        using var cancellation = new CancellationTokenSource();
        Task prefetch = _file.PrefetchAsync([new ByteRange(0, Length)], cancellation.Token).AsTask();
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        await _file.AssertReadsAsync(_served, 0, 4 * Block);
        await cancellation.CancelAsync();

        OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => prefetch);
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
        await _served.WhenAborted(1).WaitAsync(FileRig.HangGuard);
        await _rig.WhenQuietAsync();
        Assert.Equal($"0-{4 * Block}", _file.CachedText());
        gate.Release();
        await _file.AssertReadsAsync(_served, 0, Length);
    }

    [Fact]
    public async Task L1_cancelling_leaves_those_who_joined_their_bytes()
    {
        ResponseGate gate = _served.HoldAt(0);
        using var cancellation = new CancellationTokenSource();
        Task prefetch = _file.PrefetchAsync([new ByteRange(0, Length)], cancellation.Token).AsTask();
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        Task read = _file.AssertReadsAsync(_served, Length - 1, 1);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => prefetch);
        gate.Release();
        await read;

        Assert.Equal(1, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task L3_a_cancelled_token_starts_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _file.PrefetchAsync([new ByteRange(0, 10)], cancelled).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _file.ReadAsync(new byte[10], 0, cancelled).AsTask());
        Assert.Equal(0, _rig.Server.RequestCount);
    }

    private Task<long> PrefetchAsync(ByteRange[] ranges, bool sync) =>
        sync ? OwnThread.RunAsync(() => _file.Prefetch(ranges)) : _file.PrefetchAsync(ranges).AsTask().WaitAsync(FileRig.HangGuard);
}
