using System.Net;

namespace Hctef.Fetching;

/// <summary>
/// The right to have one request under way to a host: asked for, waited for, and given back with what became of the request. Giving it
/// back twice is safe, and so is giving it back while it is still waited for.
/// </summary>
/// <remarks>State, priority, place and epoch are under the gate's lock. The outcome is written by whoever runs the request.</remarks>
internal sealed class HostPermit : IDisposable
{
    private readonly HostGate _gate;
    private TaskCompletionSource? _granted;

    /// <summary>Makes a permit that is not asked for yet.</summary>
    /// <param name="gate">The host's gate.</param>
    /// <param name="priority">Whether somebody waits for the request.</param>
    /// <param name="file">Whose request it is: files take turns.</param>
    public HostPermit(HostGate gate, FetchPriority priority, object file)
    {
        _gate = gate;
        Priority = priority;
        File = file;
        Place = new LinkedListNode<HostPermit>(this);
    }

    public object File { get; }

    public PermitState State { get; set; }

    public FetchPriority Priority { get; set; }

    /// <summary>Its place in the queue it waits in.</summary>
    public LinkedListNode<HostPermit> Place { get; }

    /// <summary>The epoch of the limit under which it was granted.</summary>
    public int Epoch { get; set; }

    /// <summary>The next of those that were granted together, until they are woken.</summary>
    public HostPermit? NextGranted { get; set; }

    /// <summary>How long the accepted reply took to begin; null while there is none.</summary>
    public TimeSpan? FirstByte { get; set; }

    /// <summary>What came of the reply's body.</summary>
    public long Bytes { get; set; }

    /// <summary>Whether the host refused for being asked too much, or the connection failed.</summary>
    public bool IsPushedBack { get; private set; }

    /// <summary>Waits for the permit. Asked once.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled, and nothing is held.</exception>
    public ValueTask AcquireAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _gate.TryGrant(this) ? default : new ValueTask(WaitAsync(cancellationToken));
    }

    /// <summary>Somebody waits for the request now, whether its permit is held, waited for or not yet asked for.</summary>
    public void Promote() => _gate.Promote(this);

    /// <summary>Notes why the request failed.</summary>
    public void Failed(Exception failure) => IsPushedBack = failure is HctefNetworkException
    {
        Error: HctefNetworkError.Connection or HctefNetworkError.Timeout,
    }
    or HctefNetworkException
    {
        StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable,
    };

    public void Dispose() => _gate.Return(this);

    /// <summary>Makes the wait possible; called under the gate's lock.</summary>
    internal void Await_NeedsLock() => _granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Wake() => _granted!.SetResult();

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _granted!.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It may have been granted at this moment: then it goes on to the next.
            Dispose();
            throw;
        }
    }
}
