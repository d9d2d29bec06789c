using Hctef.Caching;
using Hctef.Files;
using Hctef.Tests.Caching;

namespace Hctef.Tests.Fetching;

/// <summary>A tail that would arrive too late is taken over by a fetch of its own, step by step.</summary>
public sealed class TakeOverTests : IDisposable
{
    private const int B = FetchRig.BlockBytes;
    private const int Blocks = 256;

    /// <summary>The memory that one receive is given: nothing of it can change hands.</summary>
    private const int Handed = 64;

    private readonly StubOrigin _origin = new(Blocks * B);
    private FetchRig? _rig;

    private FetchRig Rig => _rig!;

    public void Dispose() => _rig?.Dispose();

    [Theory]
    // A latency is worth 40 blocks, and one is wanted: more than 82 ahead are too many.
    [InlineData(0, 82, false)]
    [InlineData(0, 83, true)]
    [InlineData(Handed, 64 + 82, false)]
    [InlineData(Handed, 64 + 83, true)]
    // Bytes that come with what was handed out are not asked again, however many are ahead.
    [InlineData(0, 63, false)]
    public async Task The_limit(int received, int wanted, bool takesOver)
    {
        RemoteFile file = await OpenAsync(latencyBlocks: wanted == 63 ? 0 : 40);
        Task prefetch = file.PrefetchAsync([new ByteRange(0, Blocks * B)]).AsTask();
        StubReply old = await _origin.WhenReply(1);
        await ReceiveAsync(old, received);
        (Task read, byte[] buffer) = Read(file, wanted, 1);

        if (takesOver)
        {
            StubReply heir = await _origin.WhenReply(2);
            Assert.Equal($"{wanted * B}-{Blocks * B}", heir.Range);
            heir.Body.ReleaseTo((wanted + 1) * B);
            await read.WaitAsync(FetchRig.HangGuard);
            heir.Body.ReleaseAll();
        }

        old.Body.ReleaseAll();
        await Task.WhenAll(read, prefetch).WaitAsync(FetchRig.HangGuard);
        Assert.True(_origin.Content.Matches(buffer, wanted * B));
        Assert.Equal(takesOver ? 2 : 1, _origin.Replies.Count);
        Assert.Equal(takesOver ? 1 : 0, Rig.Engine.Network.TakeOvers);
        await CheckAllAsync(file);

        // Each byte came once: the old reply was dropped at the boundary. One byte came with opening.
        Assert.Equal((Blocks * B) + 1, file.GetStatistics().BytesFetched);
    }

    [Fact]
    public async Task The_tail_of_a_fetch_that_others_were_evicted_for_is_given_away_as_well()
    {
        RemoteFile file = await OpenAsync(cacheBlocks: 2 * Blocks);
        BlockMap other = Rig.Cache.CreateMap();
        var victims = new SeenVictims(other);
        Rig.Cache.Load(other, 0, 2 * Blocks);
        Task prefetch = file.PrefetchAsync([new ByteRange(0, Blocks * B)]).AsTask();
        StubReply old = await _origin.WhenReply(1);
        Assert.Equal([(0, Blocks * B)], victims.Seen);
        await ReceiveAsync(old, 0);

        (Task read, byte[] buffer) = Read(file, Handed, 1);
        StubReply heir = await _origin.WhenReply(2);
        heir.Body.ReleaseAll();
        old.Body.ReleaseAll();

        await Task.WhenAll(read, prefetch).WaitAsync(FetchRig.HangGuard);
        Assert.True(_origin.Content.Matches(buffer, Handed * B));
        Assert.Equal([(0, Blocks * B)], victims.Seen);
        Rig.Cache.Drop(other);
        await CheckAllAsync(file);
    }

    [Fact]
    public async Task Where_memory_was_handed_out_up_to_the_boundary_the_old_reply_ends_with_that_receive()
    {
        RemoteFile file = await OpenAsync();
        Task prefetch = file.PrefetchAsync([new ByteRange(0, Blocks * B)]).AsTask();
        StubReply old = await _origin.WhenReply(1);
        await ReceiveAsync(old, 0);
        (Task read, _) = Read(file, Handed, 1);
        StubReply heir = await _origin.WhenReply(2);
        Assert.Equal($"{Handed * B}-{Blocks * B}", heir.Range);

        old.Body.ReleaseTo((Handed * B) - 1);
        await old.Body.WhenPending();
        Assert.False(old.Body.Disposed.IsCompleted);
        old.Body.ReleaseTo((Handed * B) + 1000);
        await old.Body.Disposed.WaitAsync(FetchRig.HangGuard);
        Assert.Equal([new ByteRange(0, Handed * B)], file.GetCachedRanges());

        heir.Body.ReleaseAll();
        await Task.WhenAll(read, prefetch).WaitAsync(FetchRig.HangGuard);
        await CheckAllAsync(file);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Either_fails_alone(bool oldFails)
    {
        RemoteFile file = await OpenAsync();
        Task prefetch = file.PrefetchAsync([new ByteRange(0, Blocks * B)]).AsTask();
        StubReply old = await _origin.WhenReply(1);
        await ReceiveAsync(old, 0);
        (Task first, _) = Read(file, 10, 1);
        (Task second, byte[] tail) = Read(file, 200, 2);
        StubReply heir = await _origin.WhenReply(2);

        (oldFails ? old : heir).Body.Break();
        await Assert.ThrowsAsync<HctefNetworkException>(() => (oldFails ? first : second).WaitAsync(FetchRig.HangGuard));
        (oldFails ? heir : old).Body.ReleaseAll();

        await (oldFails ? second : first).WaitAsync(FetchRig.HangGuard);
        Assert.Equal(oldFails, _origin.Content.Matches(tail, 200 * B));
        await prefetch.WaitAsync(FetchRig.HangGuard);
        await Rig.CheckSettledAsync(file);
        Assert.Equal([oldFails ? new ByteRange(200 * B, 56 * B) : new ByteRange(0, 200 * B)], file.GetCachedRanges());
    }

    [Fact]
    public async Task The_reader_keeps_its_tail_when_the_one_who_began_leaves_and_then_it_is_the_last()
    {
        RemoteFile file = await OpenAsync();
        using var began = new CancellationTokenSource();
        using var reads = new CancellationTokenSource();
        Task prefetch = file.PrefetchAsync([new ByteRange(0, Blocks * B)], began.Token).AsTask();
        StubReply old = await _origin.WhenReply(1);
        await ReceiveAsync(old, 0);
        Task read = file.ReadAsync(new byte[10 * B], 120 * B, reads.Token).AsTask();
        StubReply heir = await _origin.WhenReply(2);

        await began.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => prefetch);
        await old.Body.Disposed.WaitAsync(FetchRig.HangGuard);
        Assert.False(heir.Body.Disposed.IsCompleted);

        await reads.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        await heir.Body.Disposed.WaitAsync(FetchRig.HangGuard);
        await Rig.CheckSettledAsync(file);
        Assert.Empty(file.GetCachedRanges());
    }

    [Fact]
    public async Task The_one_who_began_keeps_the_tail_when_the_reader_leaves()
    {
        RemoteFile file = await OpenAsync();
        using var reads = new CancellationTokenSource();
        Task prefetch = file.PrefetchAsync([new ByteRange(0, Blocks * B)]).AsTask();
        StubReply old = await _origin.WhenReply(1);
        await ReceiveAsync(old, 0);
        Task read = file.ReadAsync(new byte[10 * B], 120 * B, reads.Token).AsTask();
        StubReply heir = await _origin.WhenReply(2);

        await reads.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.False(heir.Body.Disposed.IsCompleted);

        old.Body.ReleaseAll();
        heir.Body.ReleaseAll();
        await prefetch.WaitAsync(FetchRig.HangGuard);
        await CheckAllAsync(file);
        Assert.Equal(2, _origin.Replies.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Those_who_waited_for_the_tail_get_it_from_whoever_brings_it(bool oldFirst)
    {
        RemoteFile file = await OpenAsync();
        (Task whole, byte[] all) = Read(file, 0, Blocks);
        StubReply old = await _origin.WhenReply(1);
        await ReceiveAsync(old, 0);

        // This one wants much, so that it waits; the next wants little, and takes what lies before.
        (Task end, byte[] last) = Read(file, 130, Blocks - 130);
        (Task middle, byte[] few) = Read(file, 100, 1);
        StubReply heir = await _origin.WhenReply(2);
        Assert.Equal($"{100 * B}-{Blocks * B}", heir.Range);
        Assert.False(end.IsCompleted);

        (oldFirst ? old : heir).Body.ReleaseAll();
        await (oldFirst ? old : heir).Body.Disposed.WaitAsync(FetchRig.HangGuard);
        if (!oldFirst)
        {
            await Task.WhenAll(end, middle).WaitAsync(FetchRig.HangGuard);
        }

        Assert.False(whole.IsCompleted);
        (oldFirst ? heir : old).Body.ReleaseAll();

        await Task.WhenAll(whole, end, middle).WaitAsync(FetchRig.HangGuard);
        Assert.True(_origin.Content.Matches(all, 0));
        Assert.True(_origin.Content.Matches(last, 130 * B));
        Assert.True(_origin.Content.Matches(few, 100 * B));
        Assert.Equal(2, _origin.Replies.Count);
        await CheckAllAsync(file);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task A_tail_is_not_taken_from_a_reply_when_a_new_request_would_wait_for_a_permit(int permits, bool takesOver)
    {
        RemoteFile file = await OpenAsync(permits: permits);
        Task prefetch = file.PrefetchAsync([new ByteRange(0, Blocks * B)]).AsTask();
        StubReply old = await _origin.WhenReply(1);
        await ReceiveAsync(old, 0);
        (Task read, _) = Read(file, 200, 1);

        Assert.Equal(takesOver ? 1 : 0, Rig.Engine.Network.TakeOvers);
        _origin.Holds = false;
        old.Body.ReleaseAll();
        if (takesOver)
        {
            (await _origin.WhenReply(2)).Body.ReleaseAll();
        }

        await Task.WhenAll(read, prefetch).WaitAsync(FetchRig.HangGuard);
        await CheckAllAsync(file);
    }

    [Fact]
    public async Task The_tail_of_a_fetch_that_waits_for_a_permit_goes_ahead_of_it()
    {
        RemoteFile file = await OpenAsync(permits: 1, pieceBlocks: 128);

        // Not in the test's context: fetches started there go on on threads of their own, in any order.
        Task prefetch = Task.Run(() => file.PrefetchAsync([new ByteRange(0, Blocks * B)]).AsTask());
        StubReply first = await _origin.WhenReply(1);
        Assert.Equal($"0-{128 * B}", first.Range);
        (Task read, byte[] buffer) = Read(file, 200, 1);
        first.Body.ReleaseAll();

        StubReply heir = await _origin.WhenReply(2);
        Assert.Equal($"{200 * B}-{Blocks * B}", heir.Range);
        heir.Body.ReleaseAll();
        await read.WaitAsync(FetchRig.HangGuard);
        Assert.True(_origin.Content.Matches(buffer, 200 * B));

        StubReply rest = await _origin.WhenReply(3);
        Assert.Equal($"{128 * B}-{200 * B}", rest.Range);
        rest.Body.ReleaseAll();
        await prefetch.WaitAsync(FetchRig.HangGuard);
        await CheckAllAsync(file);
    }

    [Fact]
    public async Task A_reply_that_breaks_behind_the_boundary_is_not_asked_again()
    {
        RemoteFile file = await OpenAsync(retries: 3);
        Task prefetch = file.PrefetchAsync([new ByteRange(0, Blocks * B)]).AsTask();
        StubReply old = await _origin.WhenReply(1);
        await ReceiveAsync(old, 0);
        (Task read, _) = Read(file, Handed, 1);
        StubReply heir = await _origin.WhenReply(2);
        old.Body.ReleaseTo(Handed * B);
        old.Body.Break();
        await old.Body.Disposed.WaitAsync(FetchRig.HangGuard);
        heir.Body.ReleaseAll();

        await Task.WhenAll(read, prefetch).WaitAsync(FetchRig.HangGuard);
        await CheckAllAsync(file);
        Assert.Equal(2, _origin.Replies.Count);
    }

    [Fact]
    public async Task What_a_fetch_is_about_to_ask_next_is_not_taken_from_it()
    {
        // The first reply is a shorter prefix, and the request for the rest has not been answered yet.
        _origin.Prepare = reply => reply.Number == 1 ? reply.EndingAt(Handed * B, _origin.Content) : reply;
        RemoteFile file = await OpenAsync();
        var answer = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        (Task whole, _) = Read(file, 0, Blocks);
        StubReply prefix = await _origin.WhenReply(1);
        _origin.Instead = (_, _) =>
        {
            asked.SetResult();
            return Refuse();
        };
        prefix.Body.ReleaseAll();
        await asked.Task.WaitAsync(FetchRig.HangGuard);
        (Task read, _) = Read(file, Handed, 1);
        Assert.Equal(0, Rig.Engine.Network.TakeOvers);
        _origin.Instead = null;
        answer.SetResult();

        // The refused request is not asked again: both readers waited for it.
        await Assert.ThrowsAsync<HctefNetworkException>(() => whole.WaitAsync(FetchRig.HangGuard));
        await Assert.ThrowsAsync<HctefNetworkException>(() => read.WaitAsync(FetchRig.HangGuard));
        await Rig.CheckSettledAsync(file);

        async Task<HttpResponseMessage> Refuse()
        {
            await answer.Task;
            throw new HttpRequestException("refused");
        }
    }

    [Fact]
    public async Task Receiving_and_taking_over_at_once()
    {
        _origin.Prepare = static reply =>
        {
            _ = Task.Run(() => BringSlowlyAsync(reply));
            return reply;
        };
        long takeOvers = 0;
        for (int round = 0; round < 60; round++)
        {
            _rig?.Dispose();
            RemoteFile file = await OpenAsync(latencyBlocks: 0);
            var random = new Random(round);
            Task prefetch = Task.Run(() => file.PrefetchAsync([new ByteRange(0, Blocks * B)]).AsTask());
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => random.Next(Blocks)).Select(block => Task.Run(async () =>
            {
                (Task read, byte[] buffer) = Read(file, block, 1);
                await read;
                Assert.True(_origin.Content.Matches(buffer, block * B));
            }))).WaitAsync(FetchRig.HangGuard);
            await prefetch.WaitAsync(FetchRig.HangGuard);
            await CheckAllAsync(file);
            takeOvers += Rig.Engine.Network.TakeOvers;
        }

        Assert.InRange(takeOvers, 1, 60 * 4);
    }

    private static async Task BringSlowlyAsync(StubReply reply)
    {
        for (long offset = reply.Start; offset < reply.End; offset += 3 * B)
        {
            reply.Body.ReleaseTo(offset);
            await Task.Yield();
        }

        reply.Body.ReleaseAll();
    }

    private async Task<RemoteFile> OpenAsync(int latencyBlocks = 1, int permits = 16, int pieceBlocks = Blocks, int retries = 0, int cacheBlocks = 4096)
    {
        HctefOptions options = FetchRig.OptionsOf(cacheBlocks);
        options.Retry.MaxRetries = retries;
        options.Transport.MaxConcurrencyPerHost = permits;
        _rig = FetchRig.Create(_origin, options);
        long piece = pieceBlocks * B;
        _rig.Costs = new FixedCosts { BytesPerSecond = latencyBlocks * B, PieceBytes = piece, SmallestPieceBytes = piece };
        return await _rig.OpenHeldAsync(_origin);
    }

    private static (Task Read, byte[] Buffer) Read(RemoteFile file, int block, int count)
    {
        byte[] buffer = new byte[count * B];
        return (file.ReadAsync(buffer, block * B).AsTask(), buffer);
    }

    /// <summary>Waits until so many blocks were received and the next receive pends.</summary>
    private static async Task ReceiveAsync(StubReply reply, int blocks)
    {
        await reply.Body.WhenPending();
        if (blocks > 0)
        {
            reply.Body.ReleaseTo(blocks * B);
            await reply.Body.WhenPending();
        }
    }

    private async Task CheckAllAsync(RemoteFile file)
    {
        await Rig.CheckSettledAsync(file);
        byte[] all = new byte[Blocks * B];
        int requests = _origin.Replies.Count;
        await file.ReadAsync(all, 0);
        Assert.True(_origin.Content.Matches(all, 0));
        Assert.Equal(requests, _origin.Replies.Count);
    }
}
