using Hctef.TestServer;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Independent cursors that read the same bytes at once: each byte is fetched once.</summary>
public sealed class ParallelReadingTests : IAsyncLifetime
{
    private const int Cursors = 32;
    private const long Start = 10L << 20;
    private const int Count = 1 << 20;

    private FileRig _rig = null!;
    private ServedFile _served = null!;
    private IRemoteFile _file = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync();
        _served = _rig.Server.Add("large.bin", 64L << 20);
        _file = await _rig.OpenColdAsync(_served);
        await _rig.ForgetAsync();
    }

    public async Task DisposeAsync()
    {
        _file.Dispose();
        await _rig.DisposeAsync();
    }

    [Theory]
    [InlineData(Count)]
    [InlineData(64 * 1024)]
    [InlineData(4096)]
    [InlineData(50_021)]
    public async Task M6_thirty_two_cursors_reading_the_same_cold_mebibyte_fetch_every_byte_once(int piece)
    {
        using var start = new Barrier(Cursors);
        await Task.WhenAll(Enumerable.Range(0, Cursors).Select(number => Task.Factory.StartNew(
            () => ReadFrom(start, number, piece),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap())).WaitAsync(FileRig.HangGuard);
        await _rig.WhenQuietAsync();

        AssertEveryByteWasSentOnce();
        Assert.Equal($"{Start}-{Start + Count}", _file.CachedText());
        Assert.Equal((long)Cursors * Count, _file.GetStatistics().BytesServed);
    }

    [Fact]
    public async Task Cursors_that_wait_for_the_same_bytes_wait_for_one_request()
    {
        ResponseGate gate = _served.HoldAt(Start);
        Task first = ReadWholeAsync(sync: false);
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        Task[] others = [.. Enumerable.Range(0, Cursors).Select(number => ReadWholeAsync(sync: number % 2 == 0))];
        Assert.All(others, static other => Assert.False(other.IsCompleted));
        gate.Release();
        await first;
        await Task.WhenAll(others);

        Assert.Equal([$"bytes={Start}-{Start + Count - 1}"], _rig.Ranges);
        Assert.Equal(Count, _rig.BytesSent);
    }

    [Fact]
    public async Task A_clone_reads_on_its_own()
    {
        await using RemoteFileStream cursor = _file.OpenStream();
        cursor.Position = Start;
        await using RemoteFileStream clone = cursor.Clone();
        byte[] buffer = new byte[100];
        await cursor.ReadExactlyAsync(buffer);
        await cursor.ReadExactlyAsync(buffer);
        Assert.Equal(Start, clone.Position);
        await cursor.DisposeAsync();

        await clone.ReadExactlyAsync(buffer);
        Assert.True(_served.Matches(buffer, Start));
        Assert.Equal(1, _rig.Server.RequestCount);
    }

    private async Task ReadFrom(Barrier start, int number, int piece)
    {
        await using RemoteFileStream cursor = _file.OpenStream();
        cursor.Position = Start;
        byte[] bytes = new byte[Count];
        start.SignalAndWait(FileRig.HangGuard);
        for (int done = 0; done < Count; done += piece)
        {
            Memory<byte> part = bytes.AsMemory(done, Math.Min(piece, Count - done));
            int read = number % 2 == 0 ? cursor.Read(part.Span) : await cursor.ReadAsync(part);
            Assert.Equal(part.Length, read);
        }

        Assert.True(_served.Matches(bytes, Start));
    }

    private async Task ReadWholeAsync(bool sync)
    {
        await _file.AssertReadsAsync(_served, Start, Count, sync);
    }

    private void AssertEveryByteWasSentOnce()
    {
        long position = Start;
        foreach (RequestedRange range in _rig.Server.Log.Select(request => RequestedRange.Parse(request.Range)!.Value).OrderBy(range => range.First))
        {
            Assert.Equal(position, range.First);
            position = range.Last!.Value + 1;
        }

        Assert.Equal(Start + Count, position);
        Assert.Equal(Count, _rig.BytesSent);
    }
}
