namespace Hctef.Fetching;

/// <summary>
/// Bounds the requests under way to one host. First come, first served, demand before background. Its lock guards the count and both
/// queues; waiters are woken outside it.
/// </summary>
internal sealed class HostGate(int permits)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource<HostPermit>> _demand = new();
    private readonly LinkedList<TaskCompletionSource<HostPermit>> _background = new();
    private int _taken;

    /// <summary>The most requests under way.</summary>
    public int Limit => permits;

    public int Taken
    {
        get
        {
            lock (_gate)
            {
                return _taken;
            }
        }
    }

    /// <summary>Requests that could go out at once. A guess by the time it is used, so no lock.</summary>
    public int Free => Math.Max(0, permits - Volatile.Read(ref _taken));

    public ValueTask<HostPermit> AcquireAsync(FetchPriority priority, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource<HostPermit>> node;
        lock (_gate)
        {
            if (_taken < permits)
            {
                _taken++;
                return new ValueTask<HostPermit>(new HostPermit(this));
            }

            LinkedList<TaskCompletionSource<HostPermit>> queue = priority == FetchPriority.Demand ? _demand : _background;
            node = queue.AddLast(new TaskCompletionSource<HostPermit>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        return new ValueTask<HostPermit>(WaitAsync(node, cancellationToken));
    }

    internal void Release()
    {
        TaskCompletionSource<HostPermit> next;
        lock (_gate)
        {
            LinkedList<TaskCompletionSource<HostPermit>> queue = _demand.Count > 0 ? _demand : _background;
            if (queue.First is not { } first)
            {
                _taken--;
                return;
            }

            queue.RemoveFirst();
            next = first.Value;
        }

        // The permit passes on without being counted down, so that nobody overtakes the queue.
        next.SetResult(new HostPermit(this));
    }

    private async Task<HostPermit> WaitAsync(LinkedListNode<TaskCompletionSource<HostPermit>> node, CancellationToken cancellationToken)
    {
        try
        {
            return await node.Value.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            bool waiting;
            lock (_gate)
            {
                waiting = node.List is not null;
                node.List?.Remove(node);
            }

            if (!waiting)
            {
                // The permit came together with the cancellation: it goes on to the next.
                (await node.Value.Task.ConfigureAwait(false)).Dispose();
            }

            throw;
        }
    }
}
