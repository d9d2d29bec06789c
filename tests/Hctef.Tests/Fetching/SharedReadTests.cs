using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>Readers that share fetches: who joins, who leaves, who is failed.</summary>
public sealed class SharedReadTests : IDisposable
{
    private const int B = FetchRig.BlockBytes;
    private const int FileBytes = 256 * B;

    private readonly StubOrigin _origin = new(FileBytes);
    private readonly FetchRig _rig;

    public SharedReadTests()
    {
        HctefOptions options = FetchRig.OptionsOf(blocks: 1024);
        options.Retry.MaxRetries = 0;
        _rig = FetchRig.Create(_origin, options);
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task M6_overlapping_reads_of_all_files_of_one_identity_ask_every_byte_once()
    {
        RemoteFile first = await _rig.OpenAsync();
        RemoteFile second = await _rig.OpenAsync();
        _origin.Forget();
        _origin.Holds = true;
        (RemoteFile File, int Offset, int Count)[] wanted =
        [
            (first, 0, 10 * B), (second, 5 * B, 10 * B), (first, 100, B),
            (second, (14 * B) + 7, 4 * B), (first, 0, 20 * B), (second, 3, 1),
        ];
        byte[][] buffers = [.. wanted.Select(static read => new byte[read.Count])];
        Task[] reads = [.. wanted.Select((read, i) => read.File.ReadAsync(buffers[i], read.Offset).AsTask())];

        await _origin.WhenReply(4);
        Assert.Equal(
            ["0-40960", "40960-61440", "61440-77824", "77824-81920"],
            _origin.Replies.OrderBy(static reply => reply.Start).Select(static reply => reply.Range));
        foreach (StubReply reply in _origin.Replies.Reverse())
        {
            reply.Body.ReleaseAll();
        }

        await Task.WhenAll(reads).WaitAsync(FetchRig.HangGuard);
        Assert.All(wanted.Zip(buffers), read => Assert.True(_origin.Content.Matches(read.Second, read.First.Offset)));
        Assert.Equal(4, _origin.Replies.Count);
        await _rig.CheckSettledAsync(first, second);
    }

    [Fact]
    public async Task L1_one_who_cancels_harms_nobody()
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        CancellationTokenSource[] sources = [.. Enumerable.Range(0, 16).Select(static _ => new CancellationTokenSource())];
        byte[][] buffers = [.. sources.Select(static _ => new byte[100 * B])];
        Task<int>[] reads = [.. sources.Select((source, i) => file.ReadAsync(buffers[i], 0, source.Token).AsTask())];
        StubReply reply = await _origin.WhenReply(1);

        // The one that began the fetch, and another.
        await sources[0].CancelAsync();
        await sources[7].CancelAsync();
        OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reads[0]);
        Assert.Equal(sources[0].Token, cancelled.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reads[7]);
        reply.Body.ReleaseAll();
        for (int i = 1; i < reads.Length; i++)
        {
            if (i != 7)
            {
                Assert.Equal(100 * B, await reads[i].WaitAsync(FetchRig.HangGuard));
                Assert.True(_origin.Content.Matches(buffers[i], 0));
            }
        }

        Assert.All(buffers[7], static value => Assert.Equal(0, value));
        Assert.Single(_origin.Replies);
        await _rig.CheckSettledAsync(file);
        Array.ForEach(sources, static source => source.Dispose());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task L2_a_fetch_whose_last_reader_cancelled_cannot_be_joined(bool stubborn)
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        _origin.Prepare = reply =>
        {
            reply.Body.IgnoresCancellation = stubborn && reply.Number == 1;
            return reply;
        };
        using var source = new CancellationTokenSource();
        Task<int> read = file.ReadAsync(new byte[100 * B], 0, source.Token).AsTask();
        StubReply abandoned = await _origin.WhenReply(1);
        abandoned.Body.ReleaseTo((3 * B) + 100);
        await abandoned.Body.WhenPending();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);

        byte[] buffer = new byte[100 * B];
        Task<int> newcomer = file.ReadAsync(buffer, 0).AsTask();
        StubReply fresh = await _origin.WhenReply(2);
        Assert.Equal($"{3 * B}-{100 * B}", fresh.Range);
        abandoned.Body.ReleaseAll();
        await abandoned.Body.Disposed.WaitAsync(FetchRig.HangGuard);
        fresh.Body.ReleaseAll();

        await newcomer.WaitAsync(FetchRig.HangGuard);
        Assert.True(_origin.Content.Matches(buffer, 0));
        await _rig.CheckSettledAsync(file);
    }

    [Theory]
    [InlineData((3 * B) - 1, 2)]
    [InlineData(3 * B, 3)]
    [InlineData((3 * B) + 1, 3)]
    [InlineData((10 * B) - 1, 9)]
    [InlineData(10 * B, 9)]
    public async Task L7_a_failure_leaves_the_blocks_before_it_and_gives_each_reader_its_own_exception(int received, int readyBlocks)
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        Task<int>[] reads = [.. Enumerable.Range(0, 4).Select(_ => file.ReadAsync(new byte[10 * B], 0).AsTask())];
        byte[] early = new byte[2 * B];
        Task<int> satisfied = file.ReadAsync(early, 0).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        reply.Body.ReleaseTo(received);
        reply.Body.Break();

        var failures = new List<HctefException>();
        foreach (Task<int> read in reads)
        {
            failures.Add(await Assert.ThrowsAsync<HctefNetworkException>(() => read.WaitAsync(FetchRig.HangGuard)));
        }

        Assert.Equal(reads.Length, failures.Distinct(ReferenceEqualityComparer.Instance).Count());
        await satisfied.WaitAsync(FetchRig.HangGuard);
        Assert.True(_origin.Content.Matches(early, 0));
        await _rig.CheckSettledAsync(file);
        Assert.Equal([new ByteRange(0, readyBlocks * B)], file.GetCachedRanges());

        _origin.Holds = false;
        byte[] again = new byte[10 * B];
        await file.ReadAsync(again, 0).AsTask().WaitAsync(FetchRig.HangGuard);
        Assert.True(_origin.Content.Matches(again, 0));
        Assert.Equal($"{readyBlocks * B}-{10 * B}", _origin.Ranges[^1]);
    }

    [Fact]
    public async Task L1_a_prefetch_that_is_cancelled_leaves_the_reader_who_joined_its_bytes()
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        using var source = new CancellationTokenSource();
        Task<long> prefetch = file.PrefetchAsync([new ByteRange(0, 200 * B)], source.Token).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        byte[] buffer = new byte[B];
        Task<int> read = file.ReadAsync(buffer, 50 * B).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => prefetch);
        Assert.False(reply.Body.Disposed.IsCompleted);

        reply.Body.ReleaseTo(51 * B);

        await read.WaitAsync(FetchRig.HangGuard);
        Assert.True(_origin.Content.Matches(buffer, 50 * B));

        // Nobody wants the other 149 blocks.
        await reply.Body.Disposed.WaitAsync(FetchRig.HangGuard);
        Assert.Single(_origin.Replies);
        await _rig.CheckSettledAsync(file);
    }
}
