using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>Reading past the cache by a cursor whose consumer pauses, gives up, or closes.</summary>
public sealed class UncachedReadTests : IDisposable
{
    private const int FileBytes = 4 << 20;
    private static readonly TimeSpan LongRest = TimeSpan.FromSeconds(2);

    private readonly ManualTimeProvider _time = new();
    private readonly StubOrigin _origin = new(FileBytes);
    private readonly FetchRig _rig;

    public UncachedReadTests()
    {
        HctefOptions options = FetchRig.OptionsOf(blocks: 16);
        options.Transport.MaxConcurrencyPerHost = 1;
        _rig = FetchRig.Create(_origin, options, _time);
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Pauses_between_reads_of_a_few_bytes_change_no_byte()
    {
        RemoteFile file = await _rig.OpenAsync();
        using FileCursor cursor = file.OpenCursor(CursorCaching.Uncached);
        long offset = 0;
        for (int i = 0; i < 40; i++)
        {
            byte[] buffer = new byte[9000];
            Assert.Equal(9000, await cursor.ReadAsync(buffer, offset, CancellationToken.None).AsTask().WaitAsync(FetchRig.HangGuard));
            Assert.True(_origin.Content.Matches(buffer, offset), $"wrong bytes at {offset}");
            offset += buffer.Length;
            _time.Advance(LongRest);
            await PermitIsBack(file);
        }
    }

    [Fact]
    public async Task A_cancelled_read_gives_its_connection_back_like_a_pause()
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        using FileCursor cursor = file.OpenCursor(CursorCaching.Uncached);
        using var cancellation = new CancellationTokenSource();
        Task<int> read = cursor.ReadAsync(new byte[100], 0, cancellation.Token).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);

        _time.Advance(LongRest);
        reply.Body.ReleaseTo(200_000);

        await PermitIsBack(file);
        _origin.Holds = false;
        byte[] buffer = new byte[100_000];
        Assert.Equal(buffer.Length, await cursor.ReadAsync(buffer, 0, CancellationToken.None).AsTask().WaitAsync(FetchRig.HangGuard));
        Assert.True(_origin.Content.Matches(buffer, 0));
    }

    [Fact]
    public async Task While_the_consumer_rests_nothing_is_asked()
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        using FileCursor cursor = file.OpenCursor(CursorCaching.Uncached);
        ValueTask<int> first = cursor.ReadAsync(new byte[1000], 0, CancellationToken.None);
        StubReply reply = await _origin.WhenReply(1);
        reply.Body.ReleaseTo(1000);
        Assert.Equal(1000, await first);
        await reply.Body.WhenPending();
        _time.Advance(LongRest);

        reply.Body.Break();
        await FetchRig.Eventually(() => file.Source.Host.Gate.Taken == 0, "the permit");
        for (int i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        Assert.Equal(["0-1048576"], _origin.Ranges);
        _origin.Holds = false;
        byte[] buffer = new byte[1000];
        Assert.Equal(1000, await cursor.ReadAsync(buffer, 1000, CancellationToken.None).AsTask().WaitAsync(FetchRig.HangGuard));
        Assert.True(_origin.Content.Matches(buffer, 1000));
        Assert.Equal(["0-1048576", "1000-1048576"], _origin.Ranges);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task L5_a_cursor_that_is_closed_during_a_read_ends_it(bool allHasCome)
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        FileCursor cursor = file.OpenCursor(CursorCaching.Uncached);
        Task<int> read = cursor.ReadAsync(new byte[2 << 20], 3 << 20, CancellationToken.None).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        if (allHasCome)
        {
            await reply.Body.WhenPending();
        }

        cursor.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.WaitAsync(FetchRig.HangGuard));
        await _rig.CheckSettledAsync(file);
    }

    private async Task PermitIsBack(RemoteFile file) =>
        await FetchRig.Eventually(() => file.Source.Host.Gate.Taken == 0, "the permit of a resting cursor");
}
