using Hctef.Fetching;
using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>A transfer that is given up while it waits sends nothing, at whatever moment its permit comes.</summary>
public sealed class WaitingTransferTests : IDisposable
{
    private readonly StubOrigin _origin = new(4 * FetchRig.BlockBytes);
    private readonly FetchRig _rig;

    public WaitingTransferTests() => _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(blocks: 16));

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task One_that_gets_its_permit_when_it_has_been_given_up_does_not_send()
    {
        RemoteFile file = await _rig.OpenAsync();
        int requests = _origin.Ranges.Length;
        var sink = new DiscardingSink();
        var transfer = new RangeTransfer(file.Source, sink, 0, FetchRig.BlockBytes, FetchPriority.Demand);

        // Between these two its permit is granted: who gives it up has not stopped it yet.
        Assert.True(transfer.TryStopWaiting());
        transfer.Start();

        await sink.WhenEnded.WaitAsync(FetchRig.HangGuard);
        Assert.IsType<HctefException>(sink.Failure);
        Assert.Equal(requests, _origin.Ranges.Length);
        Assert.Null(file.LastFailure);
        transfer.Stop();
        await _rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task One_that_has_sent_its_request_waits_no_more()
    {
        RemoteFile file = await _rig.OpenAsync();
        var sink = new DiscardingSink();
        var transfer = new RangeTransfer(file.Source, sink, 0, FetchRig.BlockBytes, FetchPriority.Demand);
        transfer.Start();
        await sink.WhenEnded.WaitAsync(FetchRig.HangGuard);

        Assert.False(transfer.TryStopWaiting());
        Assert.Null(sink.Failure);
        await _rig.CheckSettledAsync(file);
    }

    private sealed class DiscardingSink : ITransferSink
    {
        private readonly byte[] _buffer = new byte[FetchRig.BlockBytes];
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WhenEnded => _ended.Task;

        public HctefException? Failure { get; private set; }

        public bool IsShared => false;

        public ValueTask WantedAsync(CancellationToken cancellationToken) => default;

        public bool EndsUnwanted() => false;

        public Memory<byte> GetBuffer(long offset, long end) => _buffer.AsMemory(0, (int)Math.Min(_buffer.Length, end - offset));

        public ValueTask<bool> ReceivedAsync(long offset, long replyEnd, CancellationToken cancellationToken) => new(result: true);

        public long Rewind() => 0;

        public ValueTask ReplyEndedAsync(long offset) => default;

        public void Finished(HctefException? failure) => Failure = failure;

        public void Ended() => _ended.SetResult();
    }
}
