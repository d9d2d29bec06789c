using Hctef.Tests.Fetching;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Long reads and lists of ranges on the wire: pieces, joined holes, order.</summary>
public sealed class RangeListTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int KiB = 1024;
    private const int Length = 12 << 20;

    private FileRig _rig = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync() => await StartAsync(permits: 16);

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_of_8_MiB_goes_over_all_permits_at_once(bool sync)
    {
        SetCosts(new FixedCosts { SmallestPieceBytes = 256 * KiB, PieceBytes = 2048 * KiB });
        using IRemoteFile file = await OpenAsync();
        ResponseGate gate = _served.HoldAt(0, static request => request.Range!.StartsWith("bytes=0-", StringComparison.Ordinal));
        byte[] buffer = new byte[8 << 20];
        Task read = sync ? OwnThread.RunAsync(() => file.Read(buffer, 0)) : file.ReadAsync(buffer, 0).AsTask();
        await _rig.Server.WhenRequests(16).WaitAsync(FileRig.HangGuard);
        gate.Release();
        await read.WaitAsync(FileRig.HangGuard);

        Assert.True(_served.Matches(buffer, 0));
        Assert.Equal(
            Enumerable.Range(0, 16).Select(static i => $"bytes={i * 512 * KiB}-{((i + 1) * 512 * KiB) - 1}").Order(StringComparer.Ordinal),
            _rig.Ranges.Order(StringComparer.Ordinal));
        Assert.Equal(8 << 20, _rig.BytesSent);
    }

    [Fact]
    public async Task A_prefetch_goes_in_pieces_of_the_host_s_size()
    {
        SetCosts(new FixedCosts { SmallestPieceBytes = 256 * KiB, PieceBytes = 2048 * KiB });
        using IRemoteFile file = await OpenAsync();
        Assert.Equal(8 << 20, await file.PrefetchAsync([new ByteRange(0, 8 << 20)]));

        Assert.Equal(4, _rig.Server.RequestCount);
        Assert.Equal($"0-{8 << 20}", file.CachedText());
    }

    [Fact]
    public async Task The_bytes_of_the_first_read_of_a_list_are_asked_first()
    {
        await _rig.DisposeAsync();
        await StartAsync(permits: 1);
        using IRemoteFile file = await OpenAsync();
        RangeRead[] reads = [.. new[] { 40, 8, 24, 41, 0 }.Select(static block => new RangeRead((block * Block) + 7, new byte[100]))];
        await file.ReadRangesAsync(reads);

        AssertRight(reads);
        Assert.Equal([RangeOf(40, 42), RangeOf(8, 9), RangeOf(24, 25), RangeOf(0, 1)], _rig.Ranges);
    }

    [Fact]
    public async Task More_ranges_than_permits_are_joined_over_small_holes()
    {
        await _rig.DisposeAsync();
        await StartAsync(permits: 2);
        SetCosts(new FixedCosts { GapBytes = 4 * Block });
        using IRemoteFile file = await OpenAsync();

        // 10 blocks each; the holes are of 2, 3 and 20 blocks; all may be 10.
        RangeRead[] reads = [.. new[] { 0, 12, 25, 55 }.Select(static block => new RangeRead(block * Block, new byte[10 * Block]))];
        await file.ReadRangesAsync(reads);

        AssertRight(reads);
        Assert.Equal([RangeOf(0, 35), RangeOf(55, 65)], _rig.Ranges.Order(StringComparer.Ordinal));

        // The holes were absent: they are kept.
        Assert.Equal($"0-{35 * Block} {55 * Block}-{65 * Block}", file.CachedText());
    }

    [Fact]
    public async Task A_hole_that_is_cached_is_asked_again_only_where_permits_are_short()
    {
        await _rig.DisposeAsync();
        await StartAsync(permits: 1);
        SetCosts(new FixedCosts { GapBytes = 4 * Block });
        using IRemoteFile file = await OpenAsync();
        await file.AssertReadsAsync(_served, 10 * Block, 2 * Block);
        await WhenQuietAsync();
        await file.AssertReadsAsync(_served, 0, 22 * Block);
        await WhenQuietAsync();
        Assert.Equal([RangeOf(10, 12), RangeOf(0, 22)], _rig.Ranges);

        await file.AssertReadsAsync(_served, 0, 22 * Block);
        Assert.Equal(2, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task A_list_larger_than_memory_is_read()
    {
        await _rig.DisposeAsync();
        await StartAsync(permits: 4, memory: 2 << 20);
        using IRemoteFile file = await OpenAsync();
        RangeRead[] reads =
            [.. Enumerable.Range(0, 60).Reverse().Select(static i => new RangeRead(i * 190_000, new byte[150_000 + (i * 500)]))];
        await file.ReadRangesAsync(reads).AsTask().WaitAsync(FileRig.HangGuard);

        AssertRight(reads);
        await WhenQuietAsync();
    }

    [Fact]
    public async Task A_read_in_the_middle_of_a_slow_prefetch_takes_over_what_follows()
    {
        SetCosts(new FixedCosts { Latency = TimeSpan.FromMilliseconds(10), BytesPerSecond = 1e6, PieceBytes = 1 << 30 });
        using IRemoteFile file = await OpenAsync();
        ResponseGate gate = _served.HoldAt(Block, static request => request.Range!.StartsWith("bytes=0-", StringComparison.Ordinal));
        Task<long> prefetch = file.PrefetchAsync([new ByteRange(0, Length)]).AsTask();
        await gate.Reached.WaitAsync(FileRig.HangGuard);

        await file.AssertReadsAsync(_served, 8 << 20, 1000);
        Assert.Equal([RangeOf(0, Length / Block), RangeOf((8 << 20) / Block, Length / Block)], _rig.Ranges);
        gate.Release();
        await prefetch.WaitAsync(FileRig.HangGuard);

        await file.AssertReadsAsync(_served, 0, Length);
        Assert.Equal(2, _rig.Server.RequestCount);
        Assert.Equal(Length + 1, file.GetStatistics().BytesFetched);
    }

    private static string RangeOf(int first, int end) => $"bytes={first * Block}-{(end * Block) - 1}";

    private void AssertRight(RangeRead[] reads) =>
        Assert.All(reads, read => Assert.True(_served.Matches(read.Buffer.Span, read.FileOffset)));

    private void SetCosts(FixedCosts costs) => _rig.Engine.Hosts.Get(_rig.Server.BaseUri).Costs = costs;

    private async Task StartAsync(int permits, long memory = 128 << 20)
    {
        _rig = await FileRig.StartAsync(options =>
        {
            options.Transport.MaxConcurrencyPerHost = permits;
            options.Cache.MemoryBytes = memory;
        });
        _served = _rig.Server.Add("file.bin", Length);
    }

    private async Task<IRemoteFile> OpenAsync()
    {
        IRemoteFile file = await _rig.OpenColdAsync(_served);
        await WhenQuietAsync();
        _rig.Server.ResetCounts();
        return file;
    }

    private async Task WhenQuietAsync()
    {
        await FetchRig.Eventually(() => _rig.Gate.Taken == 0, "the opening request");
        await _rig.Server.WhenIdle().WaitAsync(FileRig.HangGuard);
    }
}
