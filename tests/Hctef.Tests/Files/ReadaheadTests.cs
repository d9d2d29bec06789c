using Hctef.Tests.Fetching;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Reading ahead, on the wire.</summary>
public sealed class ReadaheadTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const long Length = (1024L * Block) + 100;

    private FileRig _rig = null!;
    private ServedFile _served = null!;
    private IRemoteFile _file = null!;

    public async Task InitializeAsync()
    {
        // The clock stands still: on a machine that is busy no drain takes too long.
        _rig = await FileRig.StartAsync(options => options.FileDefaults.ReadaheadBytes = null, new ManualTimeProvider());
        _rig.Engine.Hosts.Get(_rig.Server.BaseUri).Costs = new FixedCosts
        {
            // No tail is taken over: then its bytes would be in two Range headers.
            Latency = TimeSpan.FromSeconds(1),
            BytesPerSecond = 40e6,
            GapBytes = 400_000,
            SmallestPieceBytes = 256 * 1024,
            PieceBytes = 1_600_000,
        };
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
    [InlineData(64 * 1024, 64 * 1024)]
    [InlineData(4096, 4070)]
    [InlineData(50_021, 50_021)]
    public async Task A_reader_in_order_asks_every_byte_once_and_few_times(int piece, int step)
    {
        using RemoteFileStream stream = _file.OpenStream();
        byte[] buffer = new byte[piece];
        for (long position = 0; position < Length; position += step)
        {
            stream.Position = position;
            int count = await stream.ReadAsync(buffer);
            Assert.Equal(Math.Min(piece, Length - position), count);
            Assert.True(_served.Matches(buffer.AsSpan(0, count), position));
        }

        await AssertAskedOnceAsync(Length, mostRequests: 128);
    }

    [Fact]
    public async Task Positional_reads_are_read_ahead_of_too()
    {
        for (long position = 0; position < Length; position += 4 * Block)
        {
            await _file.AssertReadsAsync(_served, position, (int)Math.Min(4 * Block, Length - position), sync: position % 3 == 0);
        }

        await AssertAskedOnceAsync(Length, mostRequests: 128);
    }

    [Fact]
    public async Task Several_streams_of_positional_reads_are_told_apart()
    {
        long quarter = 256 * Block;
        for (long position = 0; position < quarter; position += Block)
        {
            for (int stream = 0; stream < 4; stream++)
            {
                await _file.AssertReadsAsync(_served, (stream * quarter) + position, Block);
            }
        }

        await _file.AssertReadsAsync(_served, 4 * quarter, 100);
        await AssertAskedOnceAsync(Length, mostRequests: 200);
    }

    [Fact]
    public async Task A_stream_of_positional_reads_outlasts_single_reads_elsewhere()
    {
        using IRemoteFile file = await _rig.OpenAsync(_served, options => (options.PrefetchBytes, options.ReadaheadBytes) = (0, 100 * Block));
        await _rig.ForgetAsync();
        ResponseGate gate = _served.HoldAt(120 * Block);
        for (long position = 0; position < 115 * Block; position += Block)
        {
            await file.AssertReadsAsync(_served, position, Block);
        }

        await gate.Reached.WaitAsync(FileRig.HangGuard);
        for (int i = 0; i < 20; i++)
        {
            await file.AssertReadsAsync(_served, (300 + (30L * i) + (i * i % 7)) * Block, 100);
        }

        gate.Release();
        await file.AssertReadsAsync(_served, 115 * Block, 100 * Block);
        await _rig.WhenQuietAsync();
        Assert.False(AskedRanges.Of(_rig.Ranges).Overlap, string.Join(' ', _rig.Ranges));
    }

    [Fact]
    public async Task A_reader_that_goes_back_is_read_ahead_of_too()
    {
        using RemoteFileStream stream = _file.OpenStream();
        byte[] buffer = new byte[2 * Block];
        for (long position = 1022L * Block; position >= 0; position -= buffer.Length)
        {
            stream.Position = position;
            Assert.Equal(buffer.Length, await stream.ReadAsync(buffer));
            Assert.True(_served.Matches(buffer, position));
        }

        await AssertAskedOnceAsync(1024L * Block, mostRequests: 100);
    }

    [Fact]
    public async Task Small_holes_are_fetched_along()
    {
        using RemoteFileStream stream = _file.OpenStream();
        byte[] buffer = new byte[Block];
        for (long position = 0; position < Length; position += 4 * Block)
        {
            stream.Position = position;
            Assert.Equal(Math.Min(Block, Length - position), await stream.ReadAsync(buffer));
        }

        await _rig.WhenQuietAsync();
        AskedRanges asked = AskedRanges.Of(_rig.Ranges);
        Assert.False(asked.Overlap);
        Assert.True(_rig.Server.RequestCount < 120, $"{_rig.Server.RequestCount} requests for 256 reads.");
    }

    [Fact]
    public async Task Random_reads_fetch_nothing_ahead()
    {
        var random = new Random(4);
        var blocks = new HashSet<long>();
        using RemoteFileStream stream = _file.OpenStream();
        for (int i = 0; i < 60; i++)
        {
            // Far apart, and by no stride.
            long block = ((i * 389L) + random.Next(40)) % 1000;
            blocks.Add(block);
            stream.Position = block * Block;
            Assert.Equal(100, await stream.ReadAsync(new byte[100]));
        }

        await _rig.WhenQuietAsync();
        Assert.InRange(_rig.BytesSent, blocks.Count * Block, (blocks.Count + 60) * Block);
    }

    [Fact]
    public async Task Reads_far_apart_are_no_stream_however_far_the_host_is()
    {
        // Four megabytes cost no more than a request there, and yet nobody reads what lies between.
        _rig.Engine.Hosts.Get(_rig.Server.BaseUri).Costs =
            new FixedCosts { GapBytes = 4 << 20, SmallestPieceBytes = 256 * 1024, PieceBytes = 8 << 20 };
        ServedFile large = _rig.Server.Add("large.bin", 256L << 20);
        using IRemoteFile file = await _rig.OpenColdAsync(large);
        await _rig.ForgetAsync();
        var random = new Random(8);
        long position = 0;
        for (int i = 0; i < 40; i++)
        {
            await file.AssertReadsAsync(large, position, 100);
            position += (1 << 20) + random.Next(1 << 20);
        }

        await _rig.WhenQuietAsync();
        Assert.InRange(_rig.BytesSent, 40 * Block, 2 * 40 * Block);
    }

    [Fact]
    public async Task A_reader_whose_reads_were_hits_of_what_another_read_first_has_gone_nowhere_else()
    {
        // Two blocks apart are another stream here; and a window that has been waited for is of sixteen at least.
        _rig.Engine.Hosts.Get(_rig.Server.BaseUri).Costs =
            new FixedCosts { BytesPerSecond = 40e6, GapBytes = Block, SmallestPieceBytes = 256 * 1024, PieceBytes = 256 * 1024 };
        ResponseGate gate = _served.HoldAt(80 * Block);
        using RemoteFileStream stream = _file.OpenStream();
        await ReadToAsync(stream, 75 * Block);
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        using (RemoteFileStream other = _file.OpenStream())
        {
            other.Position = 75 * Block;
            await ReadToAsync(other, 80 * Block);
        }

        await ReadToAsync(stream, 80 * Block);
        Task<int> waiting = stream.ReadAsync(new byte[Block]).AsTask();
        Assert.False(waiting.IsCompleted);
        gate.Release();

        Assert.Equal(Block, await waiting.WaitAsync(FileRig.HangGuard));
        await ReadToAsync(stream, Length);
        await AssertAskedOnceAsync(Length, mostRequests: 200);
    }

    [Theory]
    [InlineData(64 * 1024)]
    [InlineData(4096)]
    public async Task Thirty_two_readers_of_the_same_bytes_ask_every_byte_once(int piece)
    {
        await Task.WhenAll(Enumerable.Range(0, 32).Select(number => Task.Run(async () =>
        {
            using RemoteFileStream stream = _file.OpenStream();
            byte[] buffer = new byte[piece];
            for (long position = 0; position < Length; position += piece)
            {
                int count = number % 2 == 0 ? await stream.ReadAsync(buffer) : stream.Read(buffer);
                Assert.True(_served.Matches(buffer.AsSpan(0, count), position));
            }
        }))).WaitAsync(FileRig.HangGuard);

        await AssertAskedOnceAsync(Length, mostRequests: 200);
    }

    [Fact]
    public async Task Off_is_off()
    {
        using IRemoteFile plain = await _rig.OpenAsync(_served, options => (options.PrefetchBytes, options.ReadaheadBytes) = (0, 0));
        await _rig.ForgetAsync();
        using RemoteFileStream stream = plain.OpenStream();
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(Block, await stream.ReadAsync(new byte[Block]));
        }

        await _rig.WhenQuietAsync();
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"bytes={i * Block}-{((i + 1) * Block) - 1}"), _rig.Ranges);
    }

    [Fact]
    public async Task The_option_bounds_what_is_ahead()
    {
        const int Most = 8 * Block;
        using IRemoteFile bounded = await _rig.OpenAsync(_served, options => (options.PrefetchBytes, options.ReadaheadBytes) = (0, Most));
        await _rig.ForgetAsync();
        using RemoteFileStream stream = bounded.OpenStream();
        byte[] buffer = new byte[2 * Block];
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(buffer.Length, await stream.ReadAsync(buffer));
            AskedRanges asked = AskedRanges.Of(_rig.Ranges);
            Assert.InRange(asked.End, 0, stream.Position + Most + Block);
        }

        await _rig.WhenQuietAsync();
        Assert.False(AskedRanges.Of(_rig.Ranges).Overlap);
    }

    [Fact]
    public async Task Copying_a_range_asks_that_range_and_nothing_behind_it()
    {
        using var copy = new MemoryStream();
        await _file.CopyToAsync(copy, new ByteRange(10 * Block, 300 * Block));
        Assert.True(_served.Matches(copy.ToArray(), 10 * Block));
        await AssertAskedOnceAsync(300 * Block, mostRequests: 40);
    }

    [Fact]
    public async Task What_is_ahead_is_given_up_when_the_reader_goes_elsewhere()
    {
        // Nothing of the far part comes, so that the window stays on its way.
        ResponseGate gate = _served.HoldAt(64 * Block);
        using RemoteFileStream stream = _file.OpenStream();
        byte[] buffer = new byte[2 * Block];
        while (stream.Position < 60 * Block)
        {
            Assert.Equal(buffer.Length, await stream.ReadAsync(buffer));
        }

        await gate.Reached.WaitAsync(FileRig.HangGuard);

        stream.Position = 900 * Block;
        Assert.Equal(Block, await stream.ReadAsync(buffer.AsMemory(0, Block)));
        await _served.WhenAborted(1).WaitAsync(FileRig.HangGuard);
        gate.Release();
        await _rig.WhenQuietAsync();

        // A transfer gives its permit back a few steps before its memory.
        await FetchRig.Eventually(
            () => Record.Exception(() => _rig.Engine.Cache.CheckIntegrity([((Hctef.Files.RemoteFile)_file).Source.Map])) is null,
            "the cache to settle");
    }

    [Fact]
    public async Task Unread_bytes_show_in_the_statistics_when_they_go()
    {
        await using FileRig rig = await FileRig.StartAsync(options => options.Cache.MemoryBytes = 20 * Block);
        ServedFile served = rig.Server.Add("small.bin", Length);
        using IRemoteFile file = await rig.OpenColdAsync(served);
        await file.PrefetchAsync([new ByteRange(0, 8 * Block)]);
        await file.AssertReadsAsync(served, 0, Block);
        Assert.Equal(0, file.GetStatistics().BytesUnused);
        for (int i = 100; i < 140; i++)
        {
            await file.AssertReadsAsync(served, i * Block, Block);
        }

        Assert.Equal(7 * Block, file.GetStatistics().BytesUnused);
    }

    private async Task ReadToAsync(RemoteFileStream stream, long end)
    {
        byte[] buffer = new byte[Block];
        while (stream.Position < end)
        {
            long position = stream.Position;
            int count = await stream.ReadAsync(buffer).AsTask().WaitAsync(FileRig.HangGuard);
            Assert.Equal(Math.Min(Block, Length - position), count);
            Assert.True(_served.Matches(buffer.AsSpan(0, count), position));
        }
    }

    private async Task AssertAskedOnceAsync(long bytes, int mostRequests)
    {
        await _rig.WhenQuietAsync();
        AskedRanges asked = AskedRanges.Of(_rig.Ranges);
        Assert.False(asked.Overlap, string.Join(' ', _rig.Ranges));
        Assert.Equal(bytes, asked.Bytes);
        Assert.InRange(_rig.Server.RequestCount, 1, mostRequests);
    }
}
