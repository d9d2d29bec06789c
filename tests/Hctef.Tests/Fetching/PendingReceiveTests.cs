using Hctef.Diagnostics;
using Hctef.Files;
using Microsoft.Extensions.Logging;

namespace Hctef.Tests.Fetching;

/// <summary>A receive that does not end when it is cancelled owns its memory until it does; nobody else waits for it for long.</summary>
public sealed class PendingReceiveTests : IDisposable
{
    private const int FileBytes = 40 * FetchRig.BlockBytes;

    private readonly ManualTimeProvider _time = new();
    private readonly StubOrigin _origin = new(FileBytes);
    private FetchRig _rig;

    public PendingReceiveTests() => _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(blocks: 16), _time);

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_engine_stops_and_readers_are_failed_after_the_grace_while_the_memory_is_kept(bool sync)
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        (Task<int> read, StubReply reply) = await PendAsync(file, sync);
        _rig.Engine.Dispose();
        await GivenUpAsync();
        _time.Advance(HctefDefaults.CancellationGrace - TimeSpan.FromTicks(1));
        Assert.False(read.IsCompleted);
        Assert.Equal(1, file.Source.Host.Gate.Taken);

        _time.Advance(TimeSpan.FromTicks(1));

        await Assert.ThrowsAnyAsync<HctefException>(() => read.WaitAsync(FetchRig.HangGuard));
        Assert.Equal(1, _rig.Engine.Network.Quarantined);
        await AssertMemoryIsKeptUntilEndAsync(file, reply);
    }

    [Fact]
    public async Task I4_a_silent_receive_that_goes_on_is_quarantined_and_its_readers_are_told()
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        (Task<int> read, StubReply reply) = await PendAsync(file, sync: false);
        _time.Advance(HctefDefaults.IdleTimeout);
        Assert.False(read.IsCompleted);

        _time.Advance(HctefDefaults.CancellationGrace);

        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => read.WaitAsync(FetchRig.HangGuard));
        Assert.Equal(HctefNetworkError.Timeout, failure.Error);
        Assert.Equal(1, _rig.Engine.Network.Quarantined);
        Assert.Equal("HctefNetworkException (Timeout)", file.LastFailure!.Kind);
        await AssertMemoryIsKeptUntilEndAsync(file, reply);

        _origin.Holds = false;
        byte[] buffer = new byte[3 * FetchRig.BlockBytes / 2];
        await file.ReadAsync(buffer, 0).AsTask().WaitAsync(FetchRig.HangGuard);
        Assert.True(_origin.Content.Matches(buffer, 0));
    }

    [Fact]
    public async Task I4_while_it_pends_a_new_reader_fetches_the_same_block_into_other_memory()
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        (Task<int> read, StubReply stale) = await PendAsync(file, sync: false);
        _time.Advance(HctefDefaults.IdleTimeout);
        _time.Advance(HctefDefaults.CancellationGrace);
        await Assert.ThrowsAsync<HctefNetworkException>(() => read.WaitAsync(FetchRig.HangGuard));

        _origin.Holds = false;
        byte[] buffer = new byte[100];
        await file.ReadAsync(buffer, 0).AsTask().WaitAsync(FetchRig.HangGuard);
        stale.Body.ReleaseAll();
        await stale.Body.Disposed.WaitAsync(FetchRig.HangGuard);

        byte[] again = new byte[100];
        await file.ReadAsync(again, 0);
        Assert.True(_origin.Content.Matches(buffer, 0));
        Assert.Equal(buffer, again);
    }

    [Fact]
    public async Task L5_a_file_that_closes_does_not_wait_for_it()
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        (Task<int> read, StubReply reply) = await PendAsync(file, sync: false);

        file.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.WaitAsync(FetchRig.HangGuard));
        await AssertMemoryIsKeptUntilEndAsync(file, reply);
        Assert.Equal(0, _rig.Engine.Network.Quarantined);
    }

    [Fact]
    public async Task A_cursor_past_the_cache_that_closes_does_not_wait_for_it()
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        FileCursor cursor = file.OpenCursor(CursorCaching.Uncached);
        _origin.Prepare = Stubborn;
        Task<int> read = cursor.ReadAsync(new byte[1000], 0, CancellationToken.None).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        await reply.Body.WhenPending();

        cursor.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.WaitAsync(FetchRig.HangGuard));
        Assert.Equal(1, file.Source.Host.Gate.Taken);
        await GivenUpAsync();
        _time.Advance(HctefDefaults.CancellationGrace);
        await FetchRig.Eventually(() => file.Source.Host.Gate.Taken == 0, "the permit");
        Assert.Equal(1, _rig.Engine.Network.Quarantined);
        reply.Body.ReleaseAll();
        await reply.Body.Disposed.WaitAsync(FetchRig.HangGuard);
    }

    [Fact]
    public async Task A_logger_that_throws_does_not_keep_readers_waiting()
    {
        using var loggers = new ThrowingLoggers();
        _rig.Dispose();
        _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(blocks: 16), _time, loggers);
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        (Task<int> read, StubReply reply) = await PendAsync(file, sync: false);
        _time.Advance(HctefDefaults.IdleTimeout);
        _time.Advance(HctefDefaults.CancellationGrace);

        await Assert.ThrowsAsync<HctefNetworkException>(() => read.WaitAsync(FetchRig.HangGuard));
        await FetchRig.Eventually(() => file.Source.Host.Gate.Taken == 0, "the permit");
        reply.Body.ReleaseAll();
        await _rig.CheckSettledAsync(file);
        await FetchRig.Eventually(() => ((CarefulLogger)_rig.Engine.Network.Logger).Lost >= 2, "the messages to be lost");
    }

    private static StubReply Stubborn(StubReply reply)
    {
        reply.Body.IgnoresCancellation = true;
        return reply;
    }

    /// <summary>A read of one and a half blocks, whose receive pends inside the second block.</summary>
    private async Task<(Task<int> Read, StubReply Reply)> PendAsync(RemoteFile file, bool sync)
    {
        _origin.Prepare = static reply =>
        {
            // What is there before the first receive arms no timer: the only one will be that of the receive that pends.
            reply.Body.ReleaseTo(FetchRig.BlockBytes + 10);
            return Stubborn(reply);
        };
        byte[] buffer = new byte[3 * FetchRig.BlockBytes / 2];
        Task<int> read = sync
            ? Task.Factory.StartNew(() => file.Read(buffer, 0), TaskCreationOptions.LongRunning)
            : file.ReadAsync(buffer, 0).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        await reply.Body.WhenPending();
        await FetchRig.Eventually(() => _time.ArmedTimers == 1, "the receive to be watched");
        return (read, reply);
    }

    /// <summary>The receive's idle timer is armed and, once it is given up, that of its grace.</summary>
    private Task GivenUpAsync() => FetchRig.Eventually(() => _time.ArmedTimers == 2, "the receive to be given up");

    /// <summary>The pending block's slot is not to be had; the block before it was ready, and is evictable.</summary>
    private async Task AssertMemoryIsKeptUntilEndAsync(RemoteFile file, StubReply reply)
    {
        await FetchRig.Eventually(() => TakeAllFree() == _rig.Cache.Capacity - 1, "all memory but that of the pending receive");
        Assert.True(reply.Body.IsReceivePending);
        reply.Body.ReleaseAll();
        await _rig.CheckSettledAsync(file);
        Assert.Equal(_rig.Cache.Capacity, TakeAllFree());
    }

    private int TakeAllFree()
    {
        int[] slots = new int[_rig.Cache.Capacity];
        lock (_rig.Cache.Gate)
        {
            int got = _rig.Cache.Reserve_NeedsLock(slots);
            _rig.Cache.Release(slots.AsSpan(0, got));
            return got;
        }
    }

    private sealed class ThrowingLoggers : ILoggerFactory, ILogger
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("This logger is broken.");

        public void Dispose()
        {
        }
    }
}
