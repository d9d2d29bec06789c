using System.Net;
using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>What goes wrong ahead of a reader is no affair of its reads.</summary>
public sealed class ReadaheadFaultTests : IDisposable
{
    private const int B = FetchRig.BlockBytes;
    private const long Length = 1_000_000;

    private readonly StubOrigin _origin = new(Length);
    private readonly FetchRig _rig;

    public ReadaheadFaultTests() => _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(blocks: 1000));

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_stride_that_is_told_by_a_read_up_to_the_end_asks_nothing_behind_it()
    {
        RemoteFile file = await _rig.OpenAsync(readaheadBytes: null);
        foreach ((long offset, int length) in new[] { (0L, 100), (300_000, 100), (600_000, 400_000) })
        {
            byte[] buffer = new byte[length];
            Assert.Equal(length, await file.ReadAsync(buffer, offset).AsTask().WaitAsync(FetchRig.HangGuard));
            Assert.True(_origin.Content.Matches(buffer, offset));
        }

        file.Dispose();
        await _rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task L3_a_handler_that_throws_when_it_is_cancelled_fails_no_read_and_keeps_no_request_from_starting()
    {
        using RemoteFile file = await _rig.OpenAsync(readaheadBytes: null);
        using FileCursor cursor = file.OpenCursor(CursorCaching.Shared);
        byte[] buffer = new byte[B];
        await ReadAsync(0);
        await ReadAsync(B);
        int hanging = 0;
        _origin.Instead = (_, cancellation) =>
        {
            hanging++;
            cancellation.Register(static () => throw new InvalidOperationException("A user's handler."));
            return new TaskCompletionSource<HttpResponseMessage>().Task.WaitAsync(cancellation);
        };
        for (long offset = 2 * B; hanging == 0; offset += B)
        {
            await ReadAsync(offset);
        }

        _origin.Instead = null;
        await ReadAsync(800_000);
        await ReadAsync(300_000);

        async Task ReadAsync(long offset)
        {
            Assert.Equal(B, await cursor.ReadAsync(buffer, offset, CancellationToken.None).AsTask().WaitAsync(FetchRig.HangGuard));
            Assert.True(_origin.Content.Matches(buffer, offset));
        }
    }

    [Fact]
    public async Task A_tail_that_another_reader_took_over_is_ahead_still()
    {
        const int Piece = 32;
        _rig.Costs = new FixedCosts { BytesPerSecond = B, PieceBytes = Length, SmallestPieceBytes = Length, DrainBytes = 0 };
        using RemoteFile file = await _rig.OpenAsync(readaheadBytes: 128 * B);
        using FileCursor cursor = file.OpenCursor(CursorCaching.Shared);
        byte[] buffer = new byte[Piece * B];
        await ReadAsync(0);
        _origin.Forget();
        _origin.Holds = true;
        Task second = ReadAsync(Piece);
        StubReply old = await _origin.WhenReply(1);
        Task<int> elsewhere = file.ReadAsync(new byte[B], 4 * Piece * B).AsTask();
        StubReply heir = await _origin.WhenReply(2);
        Assert.Equal($"{4 * Piece * B}-{6 * Piece * B}", heir.Range);
        heir.Body.ReleaseTo(5 * Piece * B);
        Assert.Equal(B, await elsewhere.WaitAsync(FetchRig.HangGuard));
        old.Body.ReleaseAll();
        await second;
        for (int block = 2 * Piece; block <= 4 * Piece; block += Piece)
        {
            await ReadAsync(block);
        }

        Task behind = ReadAsync(5 * Piece);
        heir.Body.ReleaseAll();
        await behind;

        async Task ReadAsync(int block)
        {
            Assert.Equal(
                Piece * B, await cursor.ReadAsync(buffer, (long)block * B, CancellationToken.None).AsTask().WaitAsync(FetchRig.HangGuard));
            Assert.True(_origin.Content.Matches(buffer, (long)block * B));
        }
    }

    [Fact]
    public async Task After_a_fetch_ahead_has_failed_reading_ahead_begins_anew()
    {
        using RemoteFile file = await _rig.OpenAsync(readaheadBytes: null);
        using FileCursor cursor = file.OpenCursor(CursorCaching.Shared);
        byte[] buffer = new byte[B];
        int failed = 0;
        for (long offset = 0; offset + B <= Length; offset += B)
        {
            if (offset == 2 * B)
            {
                _origin.Forget();
                _origin.Instead = (_, _) =>
                {
                    _origin.Instead = ++failed < 2 ? _origin.Instead : null;
                    return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound));
                };
            }

            Assert.Equal(B, await cursor.ReadAsync(buffer, offset, CancellationToken.None).AsTask().WaitAsync(FetchRig.HangGuard));
            Assert.True(_origin.Content.Matches(buffer, offset));
        }

        Assert.Equal(2, failed);
        Assert.True(_origin.Replies.Count < 20, $"{_origin.Replies.Count} requests.");
    }

    [Fact]
    public async Task Closing_the_file_gives_up_what_is_ahead_of_its_cursors()
    {
        RemoteFile file = await _rig.OpenAsync(readaheadBytes: null);
        using FileCursor cursor = file.OpenCursor(CursorCaching.Shared);
        cursor.Expect(0, Length);
        _origin.Forget();
        _origin.Holds = true;
        Task<int> read = cursor.ReadAsync(new byte[B], 0, CancellationToken.None).AsTask();
        StubReply own = await _origin.WhenReply(1);
        own.Body.ReleaseTo(B);
        Assert.Equal(B, await read.WaitAsync(FetchRig.HangGuard));

        file.Dispose();

        await Task.WhenAll(_origin.Replies.Select(static reply => reply.Body.Disposed)).WaitAsync(FetchRig.HangGuard);
        await _rig.CheckSettledAsync(file);
    }
}
