using Hctef.Caching.Distributed;
using Hctef.Tests.Fetching;

namespace Hctef.Tests.Caching.Distributed;

/// <summary>What waits to be written when the queue closes, and what it had no room for.</summary>
public sealed class WriteQueueTests
{
    /// <summary>More than the queue ever has room for.</summary>
    private const int Bytes = 17 << 20;

    private readonly TaskCompletionSource _storeAnswers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PendingWrite> _written = [];
    private readonly List<PendingWrite> _dropped = [];
    private readonly FakeTier _version = new(4096);
    private readonly ManualTimeProvider _time = new();
    private readonly WriteQueue _queue;

    public WriteQueueTests() => _queue = new WriteQueue(WriteAsync, _dropped.Add, _time);

    [Fact]
    public async Task What_was_turned_down_is_written_yet_while_it_closes()
    {
        PendingWrite first = Write();
        PendingWrite second = Write();
        _version.Drained = () => _queue.Add(second);
        Assert.False(_queue.HasRoom(Bytes, _version));
        _queue.Add(first);

        Task closing = _queue.CloseAsync(TimeSpan.FromSeconds(2));
        _storeAnswers.SetResult();
        await closing.WaitAsync(FetchRig.HangGuard);

        Assert.Equal(2, _written.Count);
        Assert.Contains(second, _written);
        Assert.Empty(_dropped);
        _queue.Add(Write());
        Assert.Single(_dropped);
    }

    [Fact]
    public async Task What_a_store_does_not_take_in_time_is_dropped()
    {
        _queue.Add(Write());
        _queue.Add(Write());

        Task closing = _queue.CloseAsync(TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(2));
        await closing.WaitAsync(FetchRig.HangGuard);
        PendingWrite late = Write();
        _queue.Add(late);

        Assert.Contains(_dropped, dropped => dropped == late);
        Assert.Empty(_written);
    }

    private static PendingWrite Write() =>
        new("file", new RecordAddress(RecordKind.Chunk, [], 0, Bytes), new byte[1000], TimeToLive: null, Evictions: 0);

    private async Task WriteAsync(PendingWrite pending)
    {
        await _storeAnswers.Task;
        lock (_written)
        {
            _written.Add(pending);
        }
    }
}
