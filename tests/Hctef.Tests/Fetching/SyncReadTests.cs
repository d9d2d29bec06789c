using System.Collections.Concurrent;
using System.Diagnostics;
using Hctef.Files;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Fetching;

/// <summary>Synchronous readers block their own threads and nobody else's.</summary>
public sealed class SyncReadTests : IAsyncLifetime
{
    private readonly SocketsHttpHandler _handler = new();
    private HonestServer _server = null!;
    private ServedFile _served = null!;
    private FetchRig _rig = null!;
    private RemoteFile _file = null!;

    public async Task InitializeAsync()
    {
        _server = await HonestServer.StartAsync();
        _served = _server.Add(ClampedReaders.FileName, ClampedReaders.FileBytes);
        _rig = FetchRig.Create(_handler, new HctefOptions());
        _file = await _rig.OpenAsync(_served.Uri);
    }

    public async Task DisposeAsync()
    {
        _rig.Dispose();
        await _server.DisposeAsync();
        _handler.Dispose();
    }

    [Theory]
    [InlineData(500, 2, false)]
    [InlineData(16, 0, true)]
    public async Task M1_many_readers_at_once(int readers, int mostWorkers, bool onPool)
    {
        string[] arguments = ClampedReaders.Arguments(_served.Uri, readers, mostWorkers, onPool);
        var start = new ProcessStartInfo("dotnet", [typeof(ClampedReaders).Assembly.Location, .. arguments]);
        using Process process = Process.Start(start)!;

        await process.WaitForExitAsync().WaitAsync(2 * FetchRig.HangGuard);

        Assert.Equal(0, process.ExitCode);
    }

    [Theory]
    [InlineData(CursorCaching.Shared)]
    [InlineData(CursorCaching.Private)]
    [InlineData(CursorCaching.Uncached)]
    public void M7_a_reader_on_the_only_thread_of_its_context_does_not_wait_for_itself(CursorCaching caching)
    {
        using var context = new SingleThreadContext();
        Exception? failure = context.Run(() =>
        {
            using FileCursor cursor = _file.OpenCursor(caching);
            byte[] buffer = new byte[300_000];
            Assert.Equal(buffer.Length, cursor.Read(buffer, 1_000_000));
            Assert.True(_served.Matches(buffer, 1_000_000));
            Assert.True(((IHctefFile)_file).Prefetch([new ByteRange(5_000_000, 100_000)]) >= 100_000);
        });

        Assert.Null(failure);
        Assert.Equal(0, context.Posts);
    }

    [Fact]
    public void M7_a_handler_that_comes_back_to_its_callers_context_does_not_block_a_reader_there()
    {
        using var returning = new ReturningHandler { InnerHandler = new SocketsHttpHandler() };
        using FetchRig rig = FetchRig.Create(returning, new HctefOptions());
        using var context = new SingleThreadContext();
        RemoteFile file = rig.OpenAsync(_served.Uri).GetAwaiter().GetResult();

        Exception? failure = context.Run(() =>
        {
            byte[] buffer = new byte[1000];
            Assert.Equal(1000, file.Read(buffer, 0));
            Assert.True(_served.Matches(buffer, 0));
        });

        Assert.Null(failure);
    }

    /// <summary>Awaits without ConfigureAwait(false), as users do.</summary>
    private sealed class ReturningHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>A context of one thread, like that of a window.</summary>
    private sealed class SingleThreadContext : SynchronizationContext, IDisposable
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _work = [];
        private readonly Thread _thread;
        private int _posts;

        public SingleThreadContext()
        {
            _thread = new Thread(Loop) { IsBackground = true };
            _thread.Start();
        }

        /// <summary>What others brought back to the context.</summary>
        public int Posts => Volatile.Read(ref _posts);

        public Exception? Run(Action work)
        {
            var done = new TaskCompletionSource<Exception?>();
            _work.Add((_ => done.SetResult(Record.Exception(work)), null));
            Assert.True(done.Task.Wait(FetchRig.HangGuard), "The context's thread hangs.");
            return done.Task.Result;
        }

        public override void Post(SendOrPostCallback d, object? state)
        {
            Interlocked.Increment(ref _posts);
            _work.Add((d, state));
        }

        public void Dispose()
        {
            _work.CompleteAdding();
            _thread.Join(FetchRig.HangGuard);
            _work.Dispose();
        }

        private void Loop()
        {
            SetSynchronizationContext(this);
            foreach ((SendOrPostCallback callback, object? state) in _work.GetConsumingEnumerable())
            {
                callback(state);
            }
        }
    }
}
