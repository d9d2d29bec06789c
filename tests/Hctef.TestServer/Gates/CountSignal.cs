namespace Hctef.TestServer.Gates;

/// <summary>Counts events and completes the tasks that wait for the n-th. The lock guards count and waiters.</summary>
internal sealed class CountSignal
{
    private readonly Lock _lock = new();
    private readonly List<(int Count, TaskCompletionSource Source)> _waiters = [];
    private int _count;

    public int Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    public int Increment()
    {
        lock (_lock)
        {
            _count++;
            foreach ((int count, TaskCompletionSource source) in _waiters)
            {
                if (_count >= count)
                    source.TrySetResult();
            }

            _waiters.RemoveAll(waiter => waiter.Source.Task.IsCompleted);
            return _count;
        }
    }

    public Task WhenAtLeast(int count)
    {
        lock (_lock)
        {
            if (_count >= count)
                return Task.CompletedTask;
            var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, source));
            return source.Task;
        }
    }

    /// <summary>Counts from zero again; those who wait go on waiting for their number.</summary>
    public void Reset()
    {
        lock (_lock)
            _count = 0;
    }
}
