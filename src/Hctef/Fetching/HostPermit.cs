using System.Net;
using Hctef.Http;

namespace Hctef.Fetching;

/// <summary>
/// The right to have one request under way to a host: asked for, waited for, and given back with what became of the request. Giving it
/// back twice is safe, and so is giving it back while it is still waited for.
/// </summary>
/// <remarks>State, priority, place and epoch are under the gate's lock. The outcome is written by whoever runs the request;
/// of what the breaker is told the first wins, since a permit may be given back by others meanwhile.</remarks>
internal sealed class HostPermit : IDisposable
{
    private readonly HostGate _gate;
    private TaskCompletionSource? _granted;
    private HostBreaker? _breaker;
    private BreakerPass _pass;
    private Uri? _asked;

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

    /// <summary>The request is about to be sent.</summary>
    /// <param name="host">Whom it asks.</param>
    /// <param name="target">For what.</param>
    /// <exception cref="HctefNetworkException">The host has failed all that was asked of it, and is left alone for a moment.</exception>
    public void Enter(HostState host, RangeTarget target)
    {
        if (!host.Breaker.TryEnter(target.Uri, out _pass))
        {
            throw new HctefNetworkException(
                HctefNetworkError.Connection,
                $"{target.RedactedUrl} was not asked: {host.Origin} has failed many requests in a row, and is left alone for "
                + $"{HctefDefaults.HostRest} between two tries (the number grows with HctefOptions.Retry.MaxRetries).",
                isTransient: true)
            {
                FailsAtOnce = true,
            };
        }

        _asked = target.Uri;
        Volatile.Write(ref _breaker, host.Breaker);
        host.Retries.CountRequest();
    }

    /// <summary>The host answered: it is alive, whatever it said.</summary>
    public void Answered() => Interlocked.Exchange(ref _breaker, value: null)?.Answered();

    /// <summary>Notes why the request failed.</summary>
    public void Failed(Exception failure)
    {
        IsPushedBack = failure is HctefNetworkException
        {
            Error: HctefNetworkError.Connection or HctefNetworkError.Timeout,
            FailsAtOnce: false,
        }
        or HctefNetworkException
        {
            StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable,
        };
        if (failure is HctefNetworkException { IsTransient: true })
        {
            Interlocked.Exchange(ref _breaker, value: null)?.Failed(_pass, _asked!);
        }
    }

    public void Dispose()
    {
        // Nothing is left of it once the outcome was told.
        Interlocked.Exchange(ref _breaker, value: null)?.GivenUp(_pass);
        _gate.Return(this);
    }

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
