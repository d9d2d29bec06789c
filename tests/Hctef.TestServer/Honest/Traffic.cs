namespace Hctef.TestServer.Honest;

/// <summary>
/// The requests in flight. A request is counted as concurrent until just before its last byte leaves (so that a client
/// that asks one after the other is never seen as two) and keeps the server busy until its handler has ended. The lock
/// guards all fields but the bytes.
/// </summary>
internal sealed class Traffic
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _concurrent;
    private int _maxConcurrency;
    private int _handlers;
    private long _bodyBytes;

    public Traffic() => _idle.SetResult();

    public int MaxConcurrency
    {
        get
        {
            lock (_lock)
                return _maxConcurrency;
        }
    }

    public long BodyBytes => Interlocked.Read(ref _bodyBytes);

    public Task WhenIdle()
    {
        lock (_lock)
            return _idle.Task;
    }

    public void Enter()
    {
        lock (_lock)
        {
            if (_handlers++ == 0)
                _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _maxConcurrency = Math.Max(_maxConcurrency, ++_concurrent);
        }
    }

    public void LeaveConcurrency()
    {
        lock (_lock)
            _concurrent--;
    }

    public void EndHandler()
    {
        lock (_lock)
        {
            if (--_handlers == 0)
                _idle.SetResult();
        }
    }

    public void AddBodyBytes(int count) => Interlocked.Add(ref _bodyBytes, count);

    /// <summary>Forgets bytes and the high-water mark; what is in flight now counts on.</summary>
    public void Reset()
    {
        Interlocked.Exchange(ref _bodyBytes, 0);
        lock (_lock)
            _maxConcurrency = _concurrent;
    }
}
