using Hctef.Caching;
using Hctef.Fetching;
using Hctef.Options;
using Hctef.Tests.Fetching;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Files of servers without ranges, downloaded whole (<see cref="RangeFallback.Download"/>).</summary>
public sealed class DownloadTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Memory = 4 << 20;
    private const int Length = (1 << 20) + 77;

    private FileRig _rig = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(options =>
        {
            options.Cache.MemoryBytes = Memory;
            options.FileDefaults.WhenRangesUnsupported = RangeFallback.Download;
            options.Retry.MaxRetries = 2;
            options.Retry.BaseDelay = options.Retry.MaxDelay = TimeSpan.FromMilliseconds(1);
        });
        _served = Add("file.bin", Length);
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData(PrefetchDirection.End, false)]
    [InlineData(PrefetchDirection.Start, true)]
    public async Task A1_the_opening_reply_is_the_download(PrefetchDirection direction, bool sync)
    {
        using IRemoteFile file = await _rig.OpenAsync(_served, options => options.PrefetchDirection = direction);
        await file.AssertReadsAsync(_served, Length - 1000, 1000, sync);
        await file.AssertReadsAsync(_served, 0, Length, sync);
        foreach (CursorCaching caching in Enum.GetValues<CursorCaching>())
        {
            await using RemoteFileStream cursor = file.OpenStream(caching);
            var copy = new MemoryStream();
            await cursor.CopyToAsync(copy);
            Assert.True(_served.Matches(copy.ToArray(), 0));
        }

        Assert.Equal(0, await file.PrefetchAsync([new ByteRange(0, Length)]));
        Assert.Equal(1, _rig.Server.RequestCount);
        Assert.Equal(Length, file.GetStatistics().BytesFetched);
        Assert.Equal($"0-{Length}", file.CachedText());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Readers_are_served_while_it_comes(bool sync)
    {
        ResponseGate gate = _served.HoldAt(Length / 2);
        using IRemoteFile file = await _rig.OpenAsync(_served);
        Task late = file.AssertReadsAsync(_served, Length - 1000, 1000, sync);
        await file.AssertReadsAsync(_served, 0, Length / 4, sync);
        Assert.False(late.IsCompleted);
        gate.Release();
        await late;

        Assert.Equal(1, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task Nothing_evicts_it_while_it_is_open_and_others_have_the_other_half()
    {
        ServedFile ranged = _rig.Server.Add("ranged.bin", 4L * Memory);
        using IRemoteFile file = await _rig.OpenAsync(_served);
        using IRemoteFile other = await _rig.OpenColdAsync(ranged);
        await file.AssertReadsAsync(_served, 0, Length);
        const int Step = 8 * Block;
        for (long offset = 0; offset < ranged.Length; offset += Step)
            await other.AssertReadsAsync(ranged, offset, Step);
        await _rig.ForgetAsync();

        await file.AssertReadsAsync(_served, 0, Length);
        Assert.Equal(0, _rig.Server.RequestCount);
        Assert.InRange(other.GetCachedRanges().Sum(range => range.Length), Memory / 2, Memory);
    }

    [Fact]
    public async Task Downloads_together_take_no_more_than_half_of_the_cache()
    {
        ServedFile second = Add("second.bin", Length);
        using IRemoteFile file = await _rig.OpenAsync(_served);
        RangeNotSupportedException failure = await Assert.ThrowsAsync<RangeNotSupportedException>(() => _rig.OpenAsync(second));
        Assert.Contains("HctefOptions.Cache.MemoryBytes", failure.Message, StringComparison.Ordinal);
        await file.AssertReadsAsync(_served, 0, Length);
        file.Dispose();

        using IRemoteFile opened = await _rig.OpenAsync(second);
        await opened.AssertReadsAsync(second, 0, Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_memory_is_given_back_when_the_last_opener_closes(bool whileItComes)
    {
        ResponseGate gate = _served.HoldAt(Length / 2);
        IRemoteFile file = await _rig.OpenAsync(_served);
        await file.AssertReadsAsync(_served, 0, Block);
        if (!whileItComes)
        {
            gate.Release();
            await file.AssertReadsAsync(_served, 0, Length);
        }

        file.Dispose();
        gate.Release();
        await WhenEmptyAsync();
        _rig.Server.ResetCounts();
        using IRemoteFile again = await _rig.OpenAsync(_served);
        await again.AssertReadsAsync(_served, 0, Length);
        Assert.Equal(1, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task One_that_is_begun_while_the_file_closes_is_wanted_by_its_reader_only()
    {
        ServedFile small = Add("small.bin", Length / 4);
        IRemoteFile file = await _rig.OpenAsync(small);
        await file.AssertReadsAsync(small, 0, (int)small.Length);
        RangeSource source = ((Hctef.Files.RemoteFile)file).Source;
        BlockCache cache = _rig.Engine.Cache;
        file.Dispose();
        ResponseGate gate = small.HoldAt(Block);
        RangeSource empty = source with { Map = cache.CreateMap() };
        List<BlockFetch> fetches = [];
        lock (cache.Gate)
        {
            Assert.True(source.Download!.Claim_NeedsLock(empty, [new BlockRun(0, empty.Blocks)], fetches));
        }

        BlockFetch fetch = Assert.Single(fetches);
        fetch.StartTransfer();
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        fetch.LoseInterest(satisfied: false);

        await FetchRig.Eventually(() => fetch.State == FetchState.Closed, "the download to end");
        Assert.False(gate.IsReleased);
        cache.Drop(empty.Map);
        await WhenEmptyAsync();
    }

    [Fact]
    public async Task One_of_more_blocks_than_are_planned_at_a_time_is_one_request_too()
    {
        await using FileRig rig = await FileRig.StartAsync(options =>
        {
            options.Cache.BlockBytes = 512;
            options.FileDefaults.WhenRangesUnsupported = RangeFallback.Download;
        });
        ServedFile served = rig.Server.Add("blocks.bin", (2 * FetchPlanner.MostBlocksAtOnce * 512) + 5);
        served.SupportsRanges = false;
        using IRemoteFile file = await rig.OpenAsync(served);
        await file.AssertReadsAsync(served, 0, (int)served.Length);

        Assert.Equal(1, rig.Server.RequestCount);
        Assert.Equal($"0-{served.Length}", file.CachedText());
    }

    [Fact]
    public async Task Two_openers_share_one_body_and_it_outlives_the_first()
    {
        ResponseGate gate = _served.HoldAt(Length / 2, request => request.Number == 1);
        IRemoteFile first = await _rig.OpenAsync(_served);
        using IRemoteFile second = await _rig.OpenAsync(_served);
        await first.AssertReadsAsync(_served, 0, Block);
        Task read = second.AssertReadsAsync(_served, Length - 10, 10);
        first.Dispose();
        gate.Release();
        await read;
        await second.AssertReadsAsync(_served, 0, Length);

        // Each opener asks for itself; the second's body is dropped.
        Assert.Equal(2, _rig.Server.RequestCount);
        second.Dispose();
        await WhenEmptyAsync();
    }

    [Fact]
    public async Task What_was_fetched_by_ranges_before_the_server_forgot_them_is_completed()
    {
        _served.SupportsRanges = true;
        using IRemoteFile ranged = await _rig.OpenAsync(_served, options => options.PrefetchBytes = 1000);
        await ranged.AssertReadsAsync(_served, 5 * Block, Block);
        await _rig.ForgetAsync();
        _served.SupportsRanges = false;
        using IRemoteFile file = await _rig.OpenAsync(_served);
        await file.AssertReadsAsync(_served, 0, Length);
        await ranged.AssertReadsAsync(_served, 0, Length);

        Assert.Equal(1, _rig.Server.RequestCount);
        file.Dispose();
        ranged.Dispose();
        await WhenEmptyAsync();
    }

    [Fact]
    public async Task A_body_that_breaks_is_asked_again_from_the_start_under_its_tag()
    {
        _served.BreakAt(Length / 2);
        using IRemoteFile file = await _rig.OpenAsync(_served);
        await file.AssertReadsAsync(_served, 0, Length);

        Assert.Equal(2, _rig.Server.RequestCount);
        Assert.Null(_rig.Server.Log[1].Range);
        Assert.Equal(_served.EntityTag, _rig.Server.Log[1].Headers["If-Match"]);
    }

    [Fact]
    public async Task What_is_received_again_counts_also_where_that_breaks()
    {
        _served.BreakAt(Length / 2);
        ResponseGate second = _served.HoldHeaders(static request => request.Number == 2);
        using IRemoteFile file = await _rig.OpenAsync(_served);
        await second.Reached.WaitAsync(FileRig.HangGuard);
        _served.BreakAt(Length / 4);
        second.Release();
        await file.AssertReadsAsync(_served, 0, Length);

        Assert.Equal(3, _rig.Server.RequestCount);
        Assert.Equal((Length / 2) + (Length / 4) + Length, file.GetStatistics().BytesFetched);
    }

    [Fact]
    public async Task One_that_always_breaks_spends_its_retries_once_and_the_next_read_tries_again()
    {
        // The reader waits before the first reply breaks; otherwise its own read would begin the download anew.
        _served.BreakAt(Length / 2, times: 3);
        ResponseGate gate = _served.HoldAt(Length / 4);
        using IRemoteFile file = await _rig.OpenAsync(_served);
        Task<int> read = file.ReadAsync(new byte[10], Length - 10, sync: false);
        gate.Release();
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => read);
        Assert.Equal((HctefNetworkError.Connection, 3), (failure.Error, _rig.Server.RequestCount));
        await _rig.WhenQuietAsync();

        await file.AssertReadsAsync(_served, 0, Length / 4);
        Assert.Equal(3, _rig.Server.RequestCount);
        await file.AssertReadsAsync(_served, Length - 10, 10);
        await file.AssertReadsAsync(_served, 0, Length);
        Assert.Equal(4, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task B7_a_retry_that_finds_another_version_is_not_spliced()
    {
        _served.BreakAt(Length / 2);
        ResponseGate gate = _served.HoldAt(Length / 4);
        using IRemoteFile file = await _rig.OpenAsync(_served);
        Task<int> read = file.ReadAsync(new byte[10], Length - 10, sync: false);
        _served.Update(version: 2, Length);
        gate.Release();

        await Assert.ThrowsAsync<RemoteFileChangedException>(() => read);
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => file.RevalidateAsync().AsTask());
    }

    [Fact]
    public async Task Revalidating_asks_without_a_range_and_reads_no_body()
    {
        using IRemoteFile file = await _rig.OpenAsync(_served);
        await file.AssertReadsAsync(_served, 0, Length);
        Assert.Equal(await file.GetInfoAsync(), await file.RevalidateAsync());

        Assert.Equal((2, null), (_rig.Server.RequestCount, _rig.Server.Log[1].Range));
        Assert.Equal(Length, file.GetStatistics().BytesFetched);
    }

    [Theory]
    [InlineData(1000L)]
    [InlineData((long)Length - 1)]
    public async Task One_that_is_too_long_is_refused_unread_with_the_name_of_the_option(long most)
    {
        RangeNotSupportedException failure = await Assert.ThrowsAsync<RangeNotSupportedException>(
            () => _rig.OpenAsync(_served, options => options.MaxDownloadBytes = most));

        Assert.Contains("RemoteFileOptions.MaxDownloadBytes", failure.Message, StringComparison.Ordinal);
        await WhenEmptyAsync();
        using IRemoteFile file = await _rig.OpenAsync(_served, options => options.MaxDownloadBytes = Length);
        await file.AssertReadsAsync(_served, 0, Length);
    }

    [Fact]
    public async Task The_option_has_room_in_half_of_the_cache_at_most()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => _rig.OpenAsync(_served, o => o.MaxDownloadBytes = (Memory / 2) + 1));
        Assert.Equal(0, _rig.Server.RequestCount);

        var options = new HctefOptions { Cache = { MemoryBytes = Memory }, FileDefaults = { MaxDownloadBytes = Memory / 2 } };
        var validator = new HctefOptionsValidator();
        Assert.True(validator.Validate(name: "", options).Succeeded);
        options.FileDefaults.MaxDownloadBytes++;
        Assert.Contains("FileDefaults.MaxDownloadBytes is 2097153", validator.Validate(name: "", options).FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_past_the_cache_takes_its_bytes_out_of_a_whole_reply()
    {
        using IRemoteFile file = await _rig.OpenAsync(_served);
        await file.AssertReadsAsync(_served, 0, Length);
        RangeSource source = ((Hctef.Files.RemoteFile)file).Source;
        using var read = new DirectRead(source, 3 * Block, (5 * Block) + 1, keeps: true);
        read.Start();
        byte[] buffer = new byte[(2 * Block) + 1];
        for (int done = 0; done < buffer.Length;)
        {
            await read.WaitAsync().WaitAsync(FileRig.HangGuard);
            done += read.Take(buffer.AsSpan(done));
        }

        Assert.True(_served.Matches(buffer, 3 * Block));
        Assert.Equal(2, _rig.Server.RequestCount);
    }

    private ServedFile Add(string path, long length)
    {
        ServedFile file = _rig.Server.Add(path, length);
        file.SupportsRanges = false;
        return file;
    }

    /// <summary>Completes when no block is cached, held or loading.</summary>
    private async Task WhenEmptyAsync()
    {
        await _rig.WhenQuietAsync();
        long giveUp = Environment.TickCount64 + 10_000;
        while (true)
        {
            try
            {
                _rig.Engine.Cache.CheckIntegrity([]);
                return;
            }
            catch (InvalidOperationException) when (Environment.TickCount64 < giveUp)
            {
                // A transfer gives its permit back a few steps before its memory.
                await Task.Yield();
            }
        }
    }
}
