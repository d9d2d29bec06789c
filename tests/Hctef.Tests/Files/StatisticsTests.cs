using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>What a file counts, and what it says to be cached.</summary>
public sealed class StatisticsTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Length = (64 * Block) + 100;

    private FileRig _rig = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync();
        _served = _rig.Server.Add("file.bin", Length);
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reads_count_as_hits_or_misses_with_their_bytes(bool sync)
    {
        using IRemoteFile file = await _rig.OpenColdAsync(_served);

        // The file is open when the headers are in, before the one byte that was asked.
        await _rig.WhenQuietAsync();
        Assert.Equal(Expected(requests: 1, fetched: 1), Counted(file));

        await file.AssertReadsAsync(_served, 100, 50, sync);
        Assert.Equal(Expected(requests: 2, fetched: 1 + Block, served: 50, misses: 1), Counted(file));
        await file.AssertReadsAsync(_served, 0, Block, sync);
        Assert.Equal(Expected(requests: 2, fetched: 1 + Block, served: 50 + Block, hits: 1, misses: 1), Counted(file));
        await file.AssertReadsAsync(_served, 0, Block + 1, sync);
        Assert.Equal(
            Expected(requests: 3, fetched: 1 + (2 * Block), served: 51 + (2 * Block), hits: 1, misses: 2), Counted(file));
        Assert.Equal(0, await file.ReadAsync(new byte[10], Length, sync));
        Assert.Equal(
            Expected(requests: 3, fetched: 1 + (2 * Block), served: 51 + (2 * Block), hits: 1, misses: 2), Counted(file));
    }

    [Theory]
    [InlineData(CursorCaching.Shared, 1)]
    [InlineData(CursorCaching.Private, 1)]
    [InlineData(CursorCaching.Uncached, 0)]
    public async Task Cursors_count_into_their_file(CursorCaching caching, int hits)
    {
        using IRemoteFile file = await _rig.OpenColdAsync(_served);
        await using RemoteFileStream cursor = file.OpenStream(caching);
        await cursor.ReadExactlyAsync(new byte[100]);
        await cursor.ReadExactlyAsync(new byte[100]);

        RemoteFileStatistics counted = file.GetStatistics();
        Assert.Equal((2L, 200L, (long)hits, 2L - hits), (counted.Requests, counted.BytesServed, counted.Hits, counted.Misses));
    }

    [Fact]
    public async Task The_opening_and_its_background_count_as_what_the_server_sent()
    {
        using IRemoteFile file = await _rig.OpenAsync(_served);
        await _rig.WhenQuietAsync();

        Assert.Equal(Expected(requests: 2, fetched: _rig.BytesSent), Counted(file));
    }

    [Fact]
    public async Task Cached_ranges_are_whole_blocks_within_the_file_and_join()
    {
        using IRemoteFile file = await _rig.OpenColdAsync(_served);
        Assert.Empty(file.GetCachedRanges());
        await file.AssertReadsAsync(_served, (3 * Block) + 5, 1);
        await file.AssertReadsAsync(_served, Length - 1, 1);
        Assert.Equal($"{3 * Block}-{4 * Block} {64 * Block}-{Length}", file.CachedText());
        await file.AssertReadsAsync(_served, 4 * Block, 1);
        Assert.Equal($"{3 * Block}-{5 * Block} {64 * Block}-{Length}", file.CachedText());
    }

    /// <summary>The counts alone: what is measured of the host differs from run to run.</summary>
    private static RemoteFileStatistics Counted(IRemoteFile file) =>
        file.GetStatistics() with { EstimatedLatency = default, EstimatedBytesPerSecond = 0, ConcurrencyLimit = 0 };

    private static RemoteFileStatistics Expected(long requests, long fetched, long served = 0, long hits = 0, long misses = 0) => new()
    {
        Requests = requests,
        BytesFetched = fetched,
        BytesServed = served,
        Hits = hits,
        Misses = misses,
    };
}
