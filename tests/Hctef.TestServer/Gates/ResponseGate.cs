namespace Hctef.TestServer.Gates;

/// <summary>
/// A point at which replies wait until a test releases them. Once released it stays open.
/// "Reached" means that everything before the gate was handed to the connection, so that the client will receive it
/// (as far as it reads: a reply to a client that does not read can stop earlier, in the socket buffers).
/// </summary>
public sealed class ResponseGate
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CountSignal _arrivals = new();
    private int _waiting;

    /// <summary>Completes when the first reply waits here.</summary>
    public Task Reached => _arrivals.WhenAtLeast(1);

    /// <summary>Replies that ever waited here.</summary>
    public int Arrivals => _arrivals.Count;

    /// <summary>Replies that wait here now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public bool IsReleased => _released.Task.IsCompleted;

    /// <summary>Completes when that many replies have arrived here.</summary>
    public Task WhenReached(int replies) => _arrivals.WhenAtLeast(replies);

    public void Release() => _released.TrySetResult();

    internal async Task PassAsync(CancellationToken cancellationToken)
    {
        if (IsReleased)
            return;
        Interlocked.Increment(ref _waiting);
        _arrivals.Increment();
        try
        {
            await _released.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
