using Hctef.Files;
using Hctef.Options;

namespace Hctef.Tests.Files;

public sealed class RegisteredRemoteFileTests
{
    private static readonly Uri Url = new("https://example.com/a.zip");

    private static readonly Func<IHctefFile, Task>[] Uses =
    [
        file => file.GetInfoAsync().AsTask(),
        file => file.RevalidateAsync().AsTask(),
        file => file.ReadAsync(new byte[1], 0).AsTask(),
        file => file.PrefetchAsync([new ByteRange(0, 1)]).AsTask(),
        file => file.ReadRangesAsync([new RangeRead(0, new byte[1])], CancellationToken.None).AsTask(),
        file => file.OpenCursorAsync(CursorCaching.Private, CancellationToken.None).AsTask(),
        file => Task.Run(() => file.GetInfo()),
        file => Task.Run(() => file.Read(new byte[1], 0)),
        file => Task.Run(() => file.Prefetch([new ByteRange(0, 1)])),
        file => Task.Run(() => file.OpenCursor(CursorCaching.Shared)),
    ];

    private readonly FakeOpener _opener = new();
    private readonly RegisteredRemoteFile _file;

    public RegisteredRemoteFileTests() =>
        _file = new RegisteredRemoteFile(Url, TimeProvider.System, ct => _opener.OpenAsync(Url, new ResolvedFileOptions(), ct));

    [Fact]
    public void Before_the_first_use_nothing_opens_and_everything_is_empty()
    {
        Assert.Same(Url, _file.Uri);
        Assert.Equal(default, _file.GetStatistics());
        Assert.Empty(_file.GetCachedRanges());
        Assert.Empty(_opener.Openings);
    }

    [Fact]
    public async Task Concurrent_first_uses_open_once_async_and_sync()
    {
        _opener.Gate = new TaskCompletionSource();
        Task<int>[] readers =
        [
            .. Enumerable.Range(0, 8).Select(_ => _file.ReadAsync(new byte[4], 0).AsTask()),
            .. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () => _file.Read(new byte[4], 0),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)),
        ];
        await _opener.Started;
        _opener.Gate.SetResult();

        Assert.All(await Task.WhenAll(readers), read => Assert.Equal(4, read));
        Assert.Single(_opener.Openings);
        Assert.Equal(12, _file.GetStatistics().BytesServed);
        Assert.Single(_file.GetCachedRanges());
    }

    [Fact]
    public async Task Every_member_opens_the_file()
    {
        foreach (Func<IHctefFile, Task> use in Uses)
        {
            var opener = new FakeOpener();
            var file = new RegisteredRemoteFile(Url, TimeProvider.System, ct => opener.OpenAsync(Url, new ResolvedFileOptions(), ct));
            await use(file);
            await use(file);
            Assert.Single(opener.Openings);
        }
    }

    [Fact]
    public async Task A_callers_cancellation_is_its_own()
    {
        _opener.Gate = new TaskCompletionSource();
        using var impatient = new CancellationTokenSource();
        Task<int> cancelled = _file.ReadAsync(new byte[4], 0, impatient.Token).AsTask();
        await _opener.Started;
        Task<int> patient = _file.ReadAsync(new byte[4], 0).AsTask();

        await impatient.CancelAsync();
        OperationCanceledException e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(impatient.Token, e.CancellationToken);

        _opener.Gate.SetResult();
        Assert.Equal(4, await patient);
        Assert.Single(_opener.Openings);
    }

    [Fact]
    public async Task The_opening_goes_on_when_its_only_caller_leaves()
    {
        _opener.Gate = new TaskCompletionSource();
        using var impatient = new CancellationTokenSource();
        Task<int> cancelled = _file.ReadAsync(new byte[4], 0, impatient.Token).AsTask();
        await _opener.Started;
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        _opener.Gate.SetResult();
        Assert.Equal(4, await _file.ReadAsync(new byte[4], 0));
        Assert.Single(_opener.Openings);
    }

    [Fact]
    public async Task A_caller_that_is_cancelled_already_opens_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _file.ReadAsync(new byte[4], 0, new CancellationToken(canceled: true)).AsTask());
        Assert.Empty(_opener.Openings);
    }

    [Fact]
    public async Task A_failed_opening_is_not_remembered()
    {
        _opener.FailOnce = new HctefNetworkException("down");
        await Assert.ThrowsAsync<HctefNetworkException>(() => _file.ReadAsync(new byte[4], 0).AsTask());
        _opener.FailOnce = new HctefNetworkException("still down");
        Assert.Throws<HctefNetworkException>(() => _file.Read(new byte[4], 0));

        Assert.Equal(4, await _file.ReadAsync(new byte[4], 0));
        Assert.Equal(3, _opener.Openings.Count);
    }

    [Fact]
    public async Task Bad_arguments_fail_before_the_file_opens()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _file.ReadAsync(new byte[4], -1).AsTask());
        Assert.Throws<ArgumentOutOfRangeException>(() => _file.Read(new byte[4], -1));
        await Assert.ThrowsAsync<ArgumentNullException>(() => _file.PrefetchAsync(null!).AsTask());
        Assert.Throws<ArgumentNullException>(() => _file.Prefetch(null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => _file.ReadRangesAsync(null!, CancellationToken.None).AsTask());
        Assert.Empty(_opener.Openings);
    }

    [Fact]
    public async Task Disposing_it_does_nothing()
    {
        await _file.ReadAsync(new byte[4], 0);
        _file.Dispose();
        await _file.DisposeAsync();

        Assert.Equal(4, await _file.ReadAsync(new byte[4], 0));
        Assert.Equal(0, Assert.Single(_opener.Files).Disposals);
    }

    [Fact]
    public async Task Closing_closes_the_open_file_once()
    {
        await _file.ReadAsync(new byte[4], 0);
        await _file.CloseAsync();
        await _file.CloseAsync();

        Assert.Equal(1, Assert.Single(_opener.Files).Disposals);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _file.ReadAsync(new byte[4], 0).AsTask());
        Assert.Throws<ObjectDisposedException>(() => _file.Read(new byte[4], 0));
        Assert.Equal(1, _file.GetStatistics().Requests);
    }

    [Fact]
    public async Task Closing_a_file_that_was_never_used_keeps_it_closed()
    {
        await _file.CloseAsync();

        foreach (Func<IHctefFile, Task> use in Uses)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => use(_file));
        Assert.Empty(_opener.Openings);
        Assert.Equal(default, _file.GetStatistics());
    }

    [Fact]
    public async Task Closing_cancels_an_opening_under_way()
    {
        _opener.Gate = new TaskCompletionSource();
        Task<int> reader = _file.ReadAsync(new byte[4], 0).AsTask();
        await _opener.Started;
        await _file.CloseAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => reader);
        Assert.Empty(_opener.Files);
    }

    [Fact]
    public async Task An_opening_that_ignores_its_cancellation_is_closed_all_the_same()
    {
        var gate = new TaskCompletionSource<IHctefFile>();
        var started = new TaskCompletionSource();
        var late = new FakeFile(Url);
        var file = new RegisteredRemoteFile(Url, TimeProvider.System, _ =>
        {
            started.SetResult();
            return gate.Task;
        });
        Task<RemoteFileInfo> user = file.GetInfoAsync().AsTask();
        await started.Task;

        Task closing = file.CloseAsync().AsTask();
        Assert.False(closing.IsCompleted);
        gate.SetResult(late);
        await closing;
        Assert.Equal(1, late.Disposals);
        // Whether the user was served before the close is open; it does not hang.
        _ = await Record.ExceptionAsync(() => user);
    }

    [Fact]
    public void Once_open_a_read_adds_no_allocation()
    {
        var buffer = new byte[4];
        _file.Read(buffer, 0);
        Assert.Equal(4, ReadSynchronously(buffer));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            ReadSynchronously(buffer);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_blocked_synchronization_context_does_not_stop_the_opening()
    {
        SynchronizationContext? previous = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new DeadContext());
        try
        {
            var file = new RegisteredRemoteFile(Url, TimeProvider.System, async ct =>
            {
                await Task.Yield();
                return await _opener.OpenAsync(Url, new ResolvedFileOptions(), ct);
            });
            Assert.Equal(4, file.Read(new byte[4], 0));
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(previous);
        }
    }

    private int ReadSynchronously(byte[] buffer)
    {
        ValueTask<int> read = _file.ReadAsync(buffer, 0);
        Assert.True(read.IsCompletedSuccessfully);
        return read.Result;
    }

    /// <summary>A context whose thread is blocked: what is posted to it never runs.</summary>
    private sealed class DeadContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
