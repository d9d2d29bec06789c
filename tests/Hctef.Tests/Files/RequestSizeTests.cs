using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Which blocks a miss asks: whole ones, at least the minimum where there is room, never those cached or in flight.</summary>
public sealed class RequestSizeTests : IAsyncLifetime
{
    private const int Block = 8192;
    private const int Blocks = 64;
    private const int Length = (Blocks * Block) - 100;

    private FileRig _rig = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(options => options.Cache.BlockBytes = Block, new ManualTimeProvider());
        _served = _rig.Server.Add("file.bin", Length);
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData(0, 1, "0-0")]
    [InlineData(100_000, 1, "12-12")]
    [InlineData(Block - 1, 2, "0-1")]
    [InlineData(Block, Block, "1-1")]
    [InlineData(Length - 1, 1, "63-63")]
    public async Task The_seed_s_unit_asks_the_blocks_that_the_read_touches(int offset, int count, string blocks)
    {
        using IRemoteFile file = await OpenAsync(minimum: Block);
        await file.AssertReadsAsync(_served, offset, count);

        Assert.Equal([RangeOf(blocks)], _rig.Ranges);
    }

    [Theory]
    [InlineData(1, "10-10")]
    [InlineData(Block + 1, "10-11")]
    [InlineData(3 * Block, "10-12")]
    public async Task A_minimum_grows_to_the_right(int minimum, string blocks)
    {
        using IRemoteFile file = await OpenAsync(minimum);
        await file.AssertReadsAsync(_served, 10 * Block, 1);

        Assert.Equal([RangeOf(blocks)], _rig.Ranges);
    }

    [Fact]
    public async Task A_minimum_grows_to_the_left_where_the_file_ends()
    {
        using IRemoteFile file = await OpenAsync(minimum: 4 * Block);
        await file.AssertReadsAsync(_served, Length - 1, 1);

        Assert.Equal([RangeOf("60-63")], _rig.Ranges);
    }

    [Fact]
    public async Task A_minimum_larger_than_the_file_asks_all_of_it()
    {
        using IRemoteFile file = await OpenAsync(minimum: 1 << 20);
        await file.AssertReadsAsync(_served, 10 * Block, 1);

        Assert.Equal([RangeOf("0-63")], _rig.Ranges);
    }

    [Fact]
    public async Task It_grows_right_then_left_up_to_cached_blocks_and_smaller_gaps_are_asked_exactly()
    {
        using IRemoteFile file = await OpenAsync(minimum: 4 * Block);
        foreach (int block in (int[])[10, 9, 20, 18, 14])
            await file.AssertReadsAsync(_served, (long)block * Block, 1);

        Assert.Equal(
            [RangeOf("10-13"), RangeOf("6-9"), RangeOf("20-23"), RangeOf("16-19"), RangeOf("14-15")], _rig.Ranges);
        Assert.Equal($"{6 * Block}-{24 * Block}", file.CachedText());
        await file.AssertReadsAsync(_served, 6 * Block, 18 * Block);
        Assert.Equal(5, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task It_grows_up_to_blocks_in_flight()
    {
        using IRemoteFile file = await OpenAsync(minimum: 4 * Block);
        ResponseGate gate = _served.HoldAt(10 * Block);
        Task held = file.AssertReadsAsync(_served, 10 * Block, 1);
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        await file.AssertReadsAsync(_served, 8 * Block, 1);
        await file.AssertReadsAsync(_served, 14 * Block, 1);
        Assert.False(held.IsCompleted);
        gate.Release();
        await held;

        Assert.Equal([RangeOf("10-13"), RangeOf("6-9"), RangeOf("14-17")], _rig.Ranges);
    }

    [Fact]
    public async Task A_read_around_cached_blocks_asks_the_gaps_alone()
    {
        using IRemoteFile file = await OpenAsync(minimum: Block);
        await file.AssertReadsAsync(_served, 10 * Block, 2 * Block);
        await file.AssertReadsAsync(_served, 8 * Block, 6 * Block);

        Assert.Equal([RangeOf("8-9"), RangeOf("10-11"), RangeOf("12-13")], _rig.Ranges.Order(StringComparer.Ordinal));
        Assert.Equal(6 * Block, _rig.BytesSent);
    }

    [Theory]
    [InlineData(1, "bytes=8192-8291")]
    [InlineData(4, "bytes=0-8291")]
    public async Task The_partial_block_of_a_suffix_is_completed_by_its_missing_head(int minimumBlocks, string asked)
    {
        // The suffix of 16383 bytes begins 100 bytes into block 1.
        ServedFile served = _rig.Server.Add("tail.bin", Block + 100 + (2 * Block) - 1);
        using IRemoteFile file = await _rig.OpenAsync(served, options =>
        {
            options.PrefetchBytes = Block;
            options.MinimumRangeRequestBytes = minimumBlocks * Block;
        });
        await _rig.WhenQuietAsync();
        Assert.Equal([$"bytes=-{(2 * Block) - 1}"], _rig.Ranges);
        Assert.Equal($"{2 * Block}-{served.Length}", file.CachedText());

        await file.AssertReadsAsync(served, Block + 50, 1000);
        Assert.Equal(asked, _rig.Ranges[^1]);
        await file.AssertReadsAsync(served, Block, (int)served.Length - Block);
        Assert.Equal(2, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task Several_ranges_leave_what_was_asked_beside_them_to_come()
    {
        ServedFile served = _rig.Server.Add("large.bin", 4 << 20);
        using IRemoteFile file = await _rig.OpenAsync(served, options =>
        {
            options.PrefetchBytes = 0;
            options.MinimumRangeRequestBytes = 1 << 20;
        });
        ResponseGate gate = served.HoldAt(Block);
        await file.ReadRangesAsync([new RangeRead(0, new byte[10]), new RangeRead(100, new byte[10])]);
        Assert.False(gate.IsReleased);
        gate.Release();
        await _rig.WhenQuietAsync();

        Assert.Equal(["bytes=0-0", "bytes=0-1048575"], _rig.Ranges);
        Assert.Equal("0-1048576", file.CachedText());
    }

    private static string RangeOf(string blocks)
    {
        string[] ends = blocks.Split('-');
        return $"bytes={int.Parse(ends[0]) * Block}-{Math.Min((int.Parse(ends[1]) + 1) * Block, Length) - 1}";
    }

    private async Task<IRemoteFile> OpenAsync(int minimum)
    {
        IRemoteFile file = await _rig.OpenAsync(_served, options =>
        {
            options.PrefetchBytes = 0;
            options.MinimumRangeRequestBytes = minimum;
        });
        await _rig.ForgetAsync();
        return file;
    }
}
