using Hctef.Fetching;
using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>The turns of a direct read's transfer and its consumer, step by step: the transfer's side is called by the test.</summary>
public sealed class DirectReadTests : IDisposable
{
    private const int End = 1 << 20;

    private readonly ManualTimeProvider _time = new();
    private readonly StubOrigin _origin = new(End);
    private readonly FetchRig _rig;

    public DirectReadTests() => _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(blocks: 0), _time);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task What_a_resting_consumer_has_not_taken_is_not_overwritten()
    {
        using DirectRead read = await CreateAsync();
        ITransferSink sink = read;
        Task<bool> delivered = Deliver(sink, 0, 40_000).AsTask();
        Rest(read);
        Assert.False(await delivered);
        Task wanted = sink.WantedAsync(CancellationToken.None).AsTask();

        for (int i = 0; i < 3; i++)
        {
            Assert.True(read.TryResume());
            byte[] some = new byte[10_000];
            Assert.Equal(some.Length, read.Take(some));
            Assert.True(_origin.Content.Matches(some, i * some.Length));
            Rest(read);
            await Task.Yield();
            Assert.False(wanted.IsCompleted);
        }

        Assert.True(read.TryResume());
        Assert.Equal(10_000, read.Take(new byte[20_000]));
        await wanted.WaitAsync(FetchRig.HangGuard);
    }

    [Fact]
    public async Task A_read_of_which_nothing_comes_while_its_consumer_rests_ends()
    {
        using DirectRead read = await CreateAsync();
        _origin.Forget();
        _origin.Holds = true;
        read.Start();
        StubReply reply = await _origin.WhenReply(1);
        await reply.Body.WhenPending();
        read.Rest();
        _time.Advance(DirectRead.MostRest);

        await reply.Body.Disposed.WaitAsync(FetchRig.HangGuard);
        Assert.False(read.TryResume());
    }

    [Fact]
    public async Task A_rest_timer_that_runs_late_does_not_stop_a_consumer_who_is_back()
    {
        using DirectRead read = await CreateAsync();
        ITransferSink sink = read;
        read.Rest();
        ManualTimer late = _time.TakeArmed();
        Assert.True(read.TryResume());
        late.Fire();

        Task<bool> delivered = Deliver(sink, 0, 100).AsTask();
        Assert.False(delivered.IsCompleted);
        Assert.Equal(100, read.Take(new byte[100]));
        Assert.True(await delivered.WaitAsync(FetchRig.HangGuard));
    }

    [Fact]
    public async Task Disposed_it_waits_for_nothing_and_gives_nothing()
    {
        DirectRead read = await CreateAsync();
        ITransferSink sink = read;
        Task<bool> delivered = Deliver(sink, 0, 100).AsTask();
        sink.Finished(null);
        read.Dispose();

        Assert.False(await delivered);
        Assert.True(read.WaitAsync().IsCompletedSuccessfully);
        Assert.Equal(0, read.Take(new byte[10]));
    }

    [Fact]
    public async Task The_last_bytes_of_a_reply_wait_for_its_end_and_are_given_up_without_it()
    {
        using DirectRead read = await CreateAsync();
        ITransferSink sink = read;
        Assert.True(await Deliver(sink, 0, 100, replyEnd: 100));
        Assert.False(read.WaitAsync().IsCompleted);
        Assert.Equal(0, read.Take(new byte[10]));

        Assert.Equal(0, sink.Rewind());
        Assert.True(await Deliver(sink, 0, 100, replyEnd: 100));
        await sink.ReplyEndedAsync(100);
        byte[] buffer = new byte[100];
        Assert.Equal(100, read.Take(buffer));
        Assert.True(_origin.Content.Matches(buffer, 0));
    }

    [Fact]
    public async Task Each_reader_of_a_failure_gets_an_exception_of_its_own_after_the_bytes_before_it()
    {
        using DirectRead read = await CreateAsync();
        ITransferSink sink = read;
        _ = Deliver(sink, 0, 100);
        var failure = new HctefNetworkException(HctefNetworkError.Connection, "broken");
        sink.Finished(failure);

        Assert.Equal(100, read.Take(new byte[1000]));
        HctefException first = Assert.Throws<HctefNetworkException>(() => read.Take(new byte[1]));
        HctefException second = Assert.Throws<HctefNetworkException>(() => read.Take(new byte[1]));
        Assert.NotSame(first, second);
        Assert.NotSame(failure, first);
    }

    private async Task<DirectRead> CreateAsync()
    {
        RemoteFile file = await _rig.OpenAsync();
        return new DirectRead(file.Source, 0, End, keeps: true);
    }

    private ValueTask<bool> Deliver(ITransferSink sink, long offset, int count, long replyEnd = End)
    {
        _origin.Content.Fill(sink.GetBuffer(offset, offset + count).Span, offset);
        return sink.ReceivedAsync(offset + count, replyEnd, CancellationToken.None);
    }

    private void Rest(DirectRead read)
    {
        read.Rest();
        _time.Advance(DirectRead.MostRest);
    }
}
