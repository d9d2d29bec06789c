using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>What tiers below the memory have is not asked of the origin, and what the origin brings is offered to them.</summary>
public sealed partial class TierReadTests : IDisposable
{
    private const int B = FetchRig.BlockBytes;
    private const int Blocks = 64;
    private const int Length = (Blocks * B) - 100;

    private readonly StubOrigin _origin = new(Length);
    private readonly FakeTier _fast = new(B);
    private readonly FakeTier _slow = new(B) { IsRemote = true };
    private FetchRig? _rig;

    public void Dispose() => _rig?.Dispose();

    [Fact]
    public async Task What_a_tier_keeps_is_not_asked()
    {
        RemoteFile file = await OpenAsync();
        Keep(_fast, 0, Blocks);

        await ReadAsync(file, 5, 3 * B);
        await ReadAsync(file, Length - 10, 10);

        Assert.Empty(_origin.Replies);
        Assert.Empty(_fast.Offers);
        Assert.Equal((4 * B) + (B - 100), file.GetStatistics().BytesFromTiers);
        await _rig!.CheckSettledAsync(file);
    }

    [Fact]
    public async Task What_was_taken_from_a_tier_is_in_memory()
    {
        RemoteFile file = await OpenAsync();
        Keep(_fast, 0, Blocks);
        await ReadAsync(file, 0, B);
        int reads = _fast.Reads;

        await ReadAsync(file, 0, B);

        Assert.Equal(reads, _fast.Reads);
    }

    [Fact]
    public async Task The_origin_is_asked_for_what_no_tier_has()
    {
        RemoteFile file = await OpenAsync();
        Keep(_fast, 4, 4);
        Keep(_fast, 12, 2);

        await ReadAsync(file, 0, 16 * B);

        Assert.Equal([$"0-{4 * B}", $"{8 * B}-{12 * B}", $"{14 * B}-{16 * B}"], _origin.Ranges);
        Assert.Equal(6 * B, file.GetStatistics().BytesFromTiers);
        await _rig!.CheckSettledAsync(file);
    }

    [Fact]
    public async Task Runs_that_cost_less_than_a_request_are_fetched_along()
    {
        RemoteFile file = await OpenAsync(gapBlocks: 3);
        Keep(_fast, 2, 2);
        Keep(_fast, 8, 3);

        await ReadAsync(file, 0, 16 * B);

        Assert.Equal([$"0-{8 * B}", $"{11 * B}-{16 * B}"], _origin.Ranges);
    }

    [Fact]
    public async Task A_run_that_starts_later_waits_for_what_is_before_it()
    {
        RemoteFile file = await OpenAsync();
        Keep(_slow, 4, 4);

        await ReadAsync(file, 0, 10 * B);

        Assert.Equal([$"0-{4 * B}", $"{8 * B}-{10 * B}"], _origin.Ranges);
        Assert.Equal(4 * B, file.GetStatistics().BytesFromTiers);
        Assert.Equal([(0, 10 * B)], Joined(_fast));
    }

    [Fact]
    public async Task A_tier_brings_a_piece_at_a_time()
    {
        RemoteFile file = await OpenAsync();
        Keep(_fast, 0, Blocks);
        _fast.MostBytes = 2 * B;

        await ReadAsync(file, 0, 7 * B);

        Assert.Empty(_origin.Replies);
        Assert.Equal(4, _fast.Reads);
    }

    [Fact]
    public async Task Bytes_that_go_past_the_memory_come_from_tiers_too()
    {
        RemoteFile file = await OpenAsync(cacheBlocks: 0);
        Keep(_fast, 0, 20);

        await ReadAsync(file, 100, 30 * B);

        Assert.Equal([$"{20 * B}-{(30 * B) + 100}"], _origin.Ranges);
    }

    [Fact]
    public async Task An_uncached_cursor_leaves_nothing_behind()
    {
        RemoteFile file = await OpenAsync();
        Keep(_fast, 0, 2);
        await using RemoteFileStream stream = file.OpenStream(CursorCaching.Uncached);
        byte[] buffer = new byte[8 * B];

        await stream.ReadExactlyAsync(buffer).AsTask().WaitAsync(FetchRig.HangGuard);

        Assert.True(_origin.Content.Matches(buffer, 0));
        Assert.Empty(_fast.Offers);
        Assert.StartsWith($"{2 * B}-", Assert.Single(_origin.Ranges), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whole_chunks_are_asked_for_a_tier_that_keeps_chunks()
    {
        _slow.ChunkBlocks = 8;
        RemoteFile file = await OpenAsync();

        await ReadAsync(file, 11 * B, 10);
        await ReadAsync(file, Length - 10, 10);
        await ReadAsync(file, 17 * B, 8 * B);

        Assert.Equal([$"{8 * B}-{16 * B}", $"{56 * B}-{Length}", $"{16 * B}-{32 * B}"], _origin.Ranges);
    }

    [Fact]
    public async Task A_reader_that_leaves_while_a_tier_reads_leaves_nothing_behind()
    {
        var reads = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        RemoteFile file = await OpenAsync();
        _fast.Before = async cancellation =>
        {
            reads.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
        };
        using var leaving = new CancellationTokenSource();
        Task<int> read = file.ReadAsync(new byte[B], 0, leaving.Token).AsTask();
        await reads.Task.WaitAsync(FetchRig.HangGuard);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(FetchRig.HangGuard));
        await _rig!.CheckSettledAsync(file);
        Assert.Empty(_origin.Replies);
    }

    [Fact]
    public async Task What_a_tier_has_lost_without_knowing_is_asked_at_once()
    {
        RemoteFile file = await OpenAsync();
        Keep(_fast, 4, 12);
        _fast.MostBytes = 0;

        await ReadAsync(file, 0, 16 * B);

        Assert.Equal([$"0-{4 * B}", $"{4 * B}-{16 * B}"], _origin.Ranges);
    }

    [Fact]
    public async Task A_large_chunk_is_one_request_on_a_near_host()
    {
        _slow.ChunkBlocks = 16;
        RemoteFile file = await OpenAsync(pieceBytes: B);

        await ReadAsync(file, 20 * B, B);

        Assert.Equal([$"{16 * B}-{32 * B}"], _origin.Ranges);
    }

    [Fact]
    public async Task What_was_evicted_is_neither_read_from_tiers_nor_offered_to_them()
    {
        RemoteFile file = await OpenAsync();
        Keep(_fast, 0, Blocks);
        file.Source.Tiers!.Close();

        await ReadAsync(file, 0, B);

        Assert.Equal([$"0-{B}"], _origin.Ranges);
        Assert.Empty(_fast.Offers);
    }

    [Fact]
    public async Task A_broken_body_is_resumed_from_the_tier_or_the_origin()
    {
        RemoteFile file = await OpenAsync();
        Keep(_fast, 8, 8);
        _origin.Holds = true;
        byte[] buffer = new byte[16 * B];
        Task<int> read = file.ReadAsync(buffer, 0).AsTask();
        StubReply first = await _origin.WhenReply(1);
        first.Body.ReleaseTo((3 * B) + 5);
        _origin.Holds = false;
        first.Body.Break();

        Assert.Equal(buffer.Length, await read.WaitAsync(FetchRig.HangGuard));
        Assert.True(_origin.Content.Matches(buffer, 0));
        Assert.Equal([$"0-{8 * B}", $"{(3 * B) + 5}-{8 * B}"], _origin.Ranges);
    }

    private async Task<RemoteFile> OpenAsync(int gapBlocks = 0, int cacheBlocks = 128, long pieceBytes = 1L << 40, TimeProvider? clock = null)
    {
        _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(cacheBlocks), clock, tiers: [_fast, _slow]);
        _rig.Costs = new FixedCosts { GapBytes = gapBlocks * B, SmallestPieceBytes = pieceBytes, PieceBytes = pieceBytes };
        RemoteFile file = await _rig.OpenAsync();
        _origin.Forget();
        return file;
    }

    private void Keep(FakeTier tier, int firstBlock, int blocks)
    {
        int start = firstBlock * B;
        tier.Keep(start, _origin.Content.ToArray(start, Math.Min(Length, start + (blocks * B)) - start));
    }

    private async Task ReadAsync(RemoteFile file, int offset, int count)
    {
        byte[] buffer = new byte[count];
        Assert.Equal(count, await file.ReadAsync(buffer, offset).AsTask().WaitAsync(FetchRig.HangGuard));
        Assert.True(_origin.Content.Matches(buffer, offset));
    }

    /// <summary>Reads blocks from one up to another, so many at a time.</summary>
    private async Task ReadInTurnAsync(RemoteFile file, int first, int end, int step)
    {
        for (int block = first; block < end; block += step)
        {
            await ReadAsync(file, block * B, step * B);
        }
    }

    private static (long, long)[] Joined(FakeTier tier)
    {
        Hctef.Caching.RangeSet offers = [];
        foreach ((long start, long end) in tier.Offers)
        {
            offers.Add(start, end);
        }

        return [.. offers];
    }
}
