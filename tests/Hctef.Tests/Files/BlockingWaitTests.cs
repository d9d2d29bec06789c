using Hctef.Files;

namespace Hctef.Tests.Files;

public sealed class BlockingWaitTests
{
    [Fact]
    public void TheOriginalExceptionComesOut()
    {
        var failure = new HctefException("broken");
        Assert.Same(failure, Assert.Throws<HctefException>(() => BlockingWait.Wait(Task.FromException(failure))));
        Assert.Same(failure, Assert.Throws<HctefException>(() => BlockingWait.Wait(Task.FromException<int>(failure))));
        var aggregate = new AggregateException(failure);
        Assert.Same(aggregate, Assert.Throws<AggregateException>(() => BlockingWait.Wait(Task.FromException(aggregate))));
    }

    [Fact]
    public void CancellationComesOutWithItsToken()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var cancelled = Assert.ThrowsAny<OperationCanceledException>(() => BlockingWait.Wait(Task.FromCanceled(source.Token)));
        Assert.Equal(source.Token, cancelled.CancellationToken);
    }

    [Fact]
    public void AResultComesOutOfATaskThatEndsLater()
    {
        var source = new TaskCompletionSource<int>();
        ThreadPool.UnsafeQueueUserWorkItem(static completion => completion.SetResult(42), source, preferLocal: false);
        Assert.Equal(42, BlockingWait.Wait(source.Task));
    }

    [Fact]
    public void M7_foreign_work_does_not_see_the_context_of_the_thread_that_blocks()
    {
        // In a user interface the thread that blocks is the only one that would run what is posted to its context.
        var context = new CountingContext();
        SynchronizationContext? previous = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            byte[] buffer = new byte[10];
            Assert.Equal(10, new ForeignFile(TestContent.Create(10), mostBytesPerRead: 3) { Late = true }.Read(buffer, 0));
            Assert.Equal(TestContent.Create(10), buffer);
            Assert.Equal(0, context.Posts);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(previous);
        }
    }

    private sealed class CountingContext : SynchronizationContext
    {
        private int _posts;

        public int Posts => Volatile.Read(ref _posts);

        public override void Post(SendOrPostCallback d, object? state)
        {
            Interlocked.Increment(ref _posts);
            ThreadPool.QueueUserWorkItem(d.Invoke, state);
        }
    }
}
