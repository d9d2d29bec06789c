using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>What tiers below the memory have is not asked of the origin, and what the origin brings is offered to them.</summary>
public sealed class TierReadTests : IDisposable
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
    public async Task What_the_origin_brings_is_offered_to_all_in_whole_blocks()
    {
        RemoteFile file = await OpenAsync();

        await ReadAsync(file, 5, 3 * B);
        await ReadAsync(file, Length - 10, 10);

        Assert.Equal([$"0-{4 * B}", $"{63 * B}-{Length}"], _origin.Ranges);
        Assert.Equal([(0, 4 * B), (63 * B, Length)], Joined(_fast));
        Assert.Equal([(0, 4 * B), (63 * B, Length)], Joined(_slow));
    }

    [Fact]
    public async Task What_a_slower_tier_brings_is_offered_to_the_faster()
    {
        RemoteFile file = await OpenAsync();
        Keep(_slow, 8, 4);

        await ReadAsync(file, 8 * B, 4 * B);

        Assert.Empty(_origin.Replies);
        Assert.Equal([(8 * B, 12 * B)], Joined(_fast));
        Assert.Empty(_slow.Offers);
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

    [Theory]
    [InlineData(0, 30, 0)]
    [InlineData(100, 29, 1)]
    [InlineData((40 * B) + 1, 23, 41)]
    public async Task What_goes_past_the_memory_is_offered_in_whole_blocks(int offset, int blocks, int firstOffered)
    {
        RemoteFile file = await OpenAsync(cacheBlocks: 0);
        int count = Math.Min(blocks * B, Length - offset);

        await ReadAsync(file, offset, count);

        int first = firstOffered * B;
        int end = offset + count == Length ? Length : (offset + count) / B * B;
        Assert.Equal([(first, end)], Joined(_fast));
        RemoteFile again = await _rig!.OpenAsync();
        _origin.Forget();
        await ReadAsync(again, first, end - first);
        Assert.Empty(_origin.Replies);
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
    public async Task What_a_tier_has_no_room_for_is_offered_again_from_memory()
    {
        RemoteFile file = await OpenAsync();
        _fast.HasNoRoom = true;
        await ReadAsync(file, 3 * B, 4 * B);
        await ReadAsync(file, Length - 10, 10);
        Assert.Empty(_fast.Offers);
        _fast.Drained!();
        Assert.Empty(_fast.Offers);

        _fast.HasNoRoom = false;
        _fast.Drained!();

        Assert.Equal([(3 * B, 7 * B), (63 * B, Length)], Joined(_fast));
        Assert.Equal([(3 * B, 7 * B), (63 * B, Length)], Joined(_slow));
        _fast.Drained!();
        Assert.Equal(2, _fast.Offers.Length);
    }

    [Fact]
    public async Task What_a_tier_puts_off_is_offered_from_memory_as_long_as_that_has_some_to_spare()
    {
        RemoteFile file = await OpenAsync(cacheBlocks: 48);
        _fast.PutsOff = true;
        await ReadAsync(file, 0, 4 * B);
        Assert.Empty(_fast.Offers);

        _fast.Drained!();

        Assert.Equal([(0, 4 * B)], Joined(_fast));
        for (int block = 4; block < 48; block += 4)
        {
            await ReadAsync(file, block * B, 4 * B);
        }

        // Three quarters of the memory are 36 blocks.
        Assert.Equal([(0, 4 * B), (32 * B, 48 * B)], Joined(_fast));
    }

    [Fact]
    public async Task What_does_not_stay_in_memory_is_not_put_off()
    {
        RemoteFile file = await OpenAsync(cacheBlocks: 48);
        _fast.PutsOff = true;

        await using (RemoteFileStream stream = file.OpenStream(CursorCaching.Private))
        {
            await stream.ReadExactlyAsync(new byte[2 * B]).AsTask().WaitAsync(FetchRig.HangGuard);
        }

        await ReadAsync(file, 20 * B, 12 * B);

        Assert.Equal([(0, 2 * B), (20 * B, 32 * B)], Joined(_fast));
    }

    [Fact]
    public async Task What_has_left_the_memory_meanwhile_is_not()
    {
        RemoteFile file = await OpenAsync(cacheBlocks: 8);
        _fast.HasNoRoom = true;
        for (int block = 0; block < 40; block++)
        {
            await ReadAsync(file, block * B, B);
        }

        _fast.HasNoRoom = false;
        _fast.Drained!();

        Assert.InRange(_fast.Offers.Sum(static offer => offer.End - offer.Start), B, 8 * B);
        Assert.All(_fast.Offers, offer => Assert.True(_origin.Content.Matches(_fast.Kept(offer.Start), offer.Start)));
    }

    [Fact]
    public async Task Room_that_comes_while_an_offer_is_turned_down_is_used()
    {
        RemoteFile file = await OpenAsync();
        _fast.HasNoRoom = true;
        _fast.OnTurningDown = () =>
        {
            _fast.HasNoRoom = false;
            _fast.Drained!();
        };

        await ReadAsync(file, 3 * B, 2 * B);

        Assert.Equal([(3 * B, 5 * B)], Joined(_fast));
        await _rig!.CheckSettledAsync(file);
    }

    [Fact]
    public async Task A_tier_that_throws_at_an_offer_keeps_no_reader_from_its_bytes()
    {
        RemoteFile file = await OpenAsync();
        _fast.HasNoRoom = true;
        _fast.OnTurningDown = static () => throw new InvalidOperationException("A tier never throws.");

        await ReadAsync(file, 3 * B, 2 * B);

        Assert.Equal([(3 * B, 5 * B)], Joined(_slow));
        await _rig!.CheckSettledAsync(file);
    }

    [Fact]
    public async Task What_other_credentials_bring_into_memory_is_not_offered_in_the_place_of_what_was_turned_down()
    {
        RemoteFile file = await OpenAsync(cacheBlocks: 8);
        _fast.HasNoRoom = _slow.HasNoRoom = true;
        await ReadAsync(file, 0, B);
        for (int block = 16; block < 56; block++)
        {
            await ReadAsync(file, block * B, B);
        }

        _origin.OnSending = static request => request.Headers.TryAddWithoutValidation("Authorization", "Bearer another");
        _origin.Forget();
        await ReadAsync(file, 0, B);
        Assert.Equal([$"0-{B}"], _origin.Ranges);

        _fast.HasNoRoom = false;
        _fast.Drained!();

        Assert.DoesNotContain(_fast.Offers, static offer => offer.Start == 0);
        Assert.Contains(file.GetCachedRanges(), static range => range.Offset == 0);
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

    private async Task<RemoteFile> OpenAsync(int gapBlocks = 0, int cacheBlocks = 128, long pieceBytes = 1L << 40)
    {
        _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(cacheBlocks), tiers: [_fast, _slow]);
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
