using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Reads at any place, by file and by cursor.</summary>
public sealed class ReadingTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Length = (8 * Block) + 1000;

    private FileRig _rig = null!;
    private ServedFile _served = null!;
    private IRemoteFile _file = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync();
        _served = _rig.Server.Add("file.bin", Length);
        _file = await _rig.OpenColdAsync(_served);
    }

    public async Task DisposeAsync()
    {
        _file.Dispose();
        await _rig.DisposeAsync();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(Block - 1, 1)]
    [InlineData(Block - 1, 2)]
    [InlineData(Block, 1)]
    [InlineData(Block, Block)]
    [InlineData(Block + 1, Block)]
    [InlineData((2 * Block) - 1, (3 * Block) + 2)]
    [InlineData(Length - 1, 1)]
    [InlineData(0, Length)]
    public async Task Reads_at_block_edges_are_right_cold_and_warm(int offset, int count)
    {
        await _file.AssertReadsAsync(_served, offset, count);
        await _file.AssertReadsAsync(_served, offset, count, sync: true);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(Block - 1, 2)]
    [InlineData(0, Length)]
    public async Task Synchronous_reads_are_right_cold_too(int offset, int count)
    {
        await _file.AssertReadsAsync(_served, offset, count, sync: true);
    }

    [Fact]
    public void A_token_that_is_cancelled_already_is_told_by_the_task()
    {
        var cancelled = new CancellationToken(canceled: true);
        Assert.True(_file.ReadAsync(new byte[1], 0, cancelled).IsCanceled);
        using RemoteFileStream cursor = _file.OpenStream();
        Assert.True(cursor.ReadAsync(new byte[1], cancelled).IsCanceled);
        Assert.Equal(0, _file.GetStatistics().BytesServed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reads_behind_the_end_return_nothing_and_reads_across_it_less(bool sync)
    {
        byte[] buffer = new byte[100];
        Assert.Equal(0, await _file.ReadAsync(buffer, Length, sync));
        Assert.Equal(0, await _file.ReadAsync(buffer, long.MaxValue, sync));
        Assert.Equal(0, await _file.ReadAsync(Memory<byte>.Empty, 0, sync));
        Assert.Equal(1, _rig.Server.RequestCount);

        Assert.Equal(30, await _file.ReadAsync(buffer, Length - 30, sync));
        Assert.True(_served.Matches(buffer.AsSpan(0, 30), Length - 30));
        Assert.All(buffer[30..], static value => Assert.Equal(0, value));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _file.ReadAsync(buffer, -1, sync));
    }

    [Fact]
    public async Task A_cursor_reads_seeks_and_tells()
    {
        await using RemoteFileStream cursor = await _file.OpenStreamAsync();
        Assert.Equal((Length, 0), (cursor.Length, cursor.Position));
        byte[] buffer = new byte[100];

        Assert.Equal(100, await cursor.ReadAsync(buffer));
        Assert.True(_served.Matches(buffer, 0));
        Assert.Equal(100, cursor.Position);
        Assert.Equal(Length - 100, cursor.Seek(-100, SeekOrigin.End));
        Assert.Equal(100, cursor.Read(buffer));
        Assert.True(_served.Matches(buffer, Length - 100));
        Assert.Equal(0, cursor.Read(buffer));
        Assert.Equal(Length - 50, cursor.Seek(-50, SeekOrigin.Current));
        Assert.Equal(50, await cursor.ReadAsync(buffer));
        Assert.Equal(Length + 10, cursor.Seek(Length + 10, SeekOrigin.Begin));
        Assert.Equal(0, await cursor.ReadAsync(buffer));
    }

    [Theory]
    [InlineData(CursorCaching.Shared)]
    [InlineData(CursorCaching.Uncached)]
    [InlineData(CursorCaching.Private)]
    public async Task Every_kind_of_cursor_reads_the_whole_file_in_odd_pieces(CursorCaching caching)
    {
        await using RemoteFileStream cursor = _file.OpenStream(caching);
        byte[] content = new byte[Length];
        for (int done = 0, piece = 1; done < Length; piece = (piece * 3) + 1)
        {
            int count = Math.Min(piece, Length - done);
            int read = piece % 2 == 0 ? await cursor.ReadAsync(content.AsMemory(done, count)) : cursor.Read(content, done, count);
            Assert.Equal(count, read);
            done += read;
        }

        Assert.Equal(-1, cursor.ReadByte());
        Assert.True(_served.Matches(content, 0));
    }

    [Fact]
    public async Task A_range_is_copied_as_it_is()
    {
        using var destination = new MemoryStream();
        await _file.CopyToAsync(destination, new ByteRange(Block - 1, 3 * Block));
        Assert.True(_served.Matches(destination.ToArray(), Block - 1));
        Assert.Equal(3 * Block, destination.Length);

        destination.SetLength(0);
        await _file.CopyToAsync(destination, new ByteRange(Length - 10, 1000));
        Assert.Equal(10, destination.Length);
    }

    [Fact]
    public async Task Several_ranges_are_read_by_one_request_for_each_gap()
    {
        byte[] one = new byte[100];
        byte[] two = new byte[Block];
        byte[] three = new byte[10];
        await _rig.ForgetAsync();
        await _file.ReadRangesAsync([new RangeRead(5 * Block, one), new RangeRead(10, two), new RangeRead(200, three)]);

        Assert.True(_served.Matches(one, 5 * Block) && _served.Matches(two, 10) && _served.Matches(three, 200));
        Assert.Equal([$"bytes=0-{(2 * Block) - 1}", $"bytes={5 * Block}-{(6 * Block) - 1}"], _rig.Ranges.Order(StringComparer.Ordinal));
        await Assert.ThrowsAsync<EndOfStreamException>(
            () => _file.ReadRangesAsync([new RangeRead(0, one), new RangeRead(Length - 99, one)]).AsTask());
    }

    [Fact]
    public async Task ReadExactly_fails_where_the_file_ends()
    {
        byte[] buffer = new byte[100];
        await _file.ReadExactlyAsync(buffer, Length - 100);
        Assert.True(_served.Matches(buffer, Length - 100));
        await Assert.ThrowsAsync<EndOfStreamException>(() => _file.ReadExactlyAsync(buffer, Length - 99).AsTask());
    }
}
