using System.Net;

namespace Hctef.Http;

/// <summary>
/// What a file is asked with, renewed by <see cref="RemoteFileOptions.Refresh"/>: when the file opens, when it expires, and when the
/// server refuses it. One call is under way at most, and all who need it wait for that one.
/// </summary>
/// <remarks>
/// <see cref="_lease"/> is one immutable object, replaced as a whole and read without a lock. The lock guards <see cref="_renewing"/>; a
/// call stores its lease and takes itself out under one lock, so that who comes later finds the one or the other. The call belongs to no
/// reader: it ends by itself, by its timeout or with the registration.
/// </remarks>
internal sealed class TargetRenewal(
    RangeTarget target,
    Uri uri,
    Func<RefreshContext, CancellationToken, ValueTask<RefreshResult>> refresh,
    TimeSpan timeout,
    TimeProvider time,
    CancellationToken stopping)
{
    private readonly Lock _lock = new();
    private Lease? _lease;
    private Task<Outcome>? _renewing;

    /// <summary>Gets what to ask with now.</summary>
    /// <exception cref="HctefException">It had to be renewed, and that failed.</exception>
    public ValueTask<RangeTarget> GetAsync(CancellationToken cancellationToken)
    {
        Lease? lease = Volatile.Read(ref _lease);
        return lease is not null && time.GetUtcNow() < lease.End
            ? new ValueTask<RangeTarget>(lease.Target)
            : RenewAsync(lease, refused: null, cancellationToken);
    }

    /// <summary>Gets what to ask with after the server has refused what was asked with.</summary>
    /// <exception cref="HctefException">The renewal failed.</exception>
    public ValueTask<RangeTarget> RenewAsync(RangeTarget refusedTarget, HttpStatusCode refused, CancellationToken cancellationToken)
    {
        Lease? lease = Volatile.Read(ref _lease);
        return lease is not null && lease.Target != refusedTarget
            ? new ValueTask<RangeTarget>(lease.Target)
            : RenewAsync(lease, refused, cancellationToken);
    }

    private async ValueTask<RangeTarget> RenewAsync(Lease? replaced, HttpStatusCode? refused, CancellationToken cancellationToken)
    {
        Task<Outcome> renewing;
        lock (_lock)
        {
            if (_lease is { } newer && newer != replaced)
            {
                return newer.Target;
            }

            // On the pool: the user's callback must not run under the lock, nor on a thread that a synchronous read is blocking.
            renewing = _renewing ??= Task.Run(() => RunAsync(refused), CancellationToken.None);
        }

        Outcome outcome = await renewing.WaitAsync(cancellationToken).ConfigureAwait(false);
        return outcome.Lease?.Target ?? throw outcome.ToException();
    }

    /// <summary>Never throws: each who waits gets an exception of its own.</summary>
    private async Task<Outcome> RunAsync(HttpStatusCode? refused)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        Outcome outcome;
        try
        {
            var context = new RefreshContext { Uri = uri, Refused = refused };
            RefreshResult? result = await refresh(context, either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
            outcome = result is null
                ? Failed("it returned null", cause: null)
                : new Outcome(new Lease(target.Renew(result.Url, result.Headers), result.ExpiresOn ?? DateTimeOffset.MaxValue), null, null);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            outcome = Failed("the registration was shut down", cause: null);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested)
        {
            outcome = Failed($"it took more than {timeout} (HctefOptions.Transport.FirstByteTimeout)", e);
        }
        catch (Exception e)
        {
            outcome = Failed($"it threw, or gave what cannot be asked with: {e.GetType().Name}", e);
        }

        lock (_lock)
        {
            _renewing = null;
            if (outcome.Lease is { } lease)
            {
                Volatile.Write(ref _lease, lease);
            }
        }

        return outcome;
    }

    private Outcome Failed(string reason, Exception? cause) =>
        new(null, $"The access to {target.RedactedUrl} was not refreshed by {nameof(RemoteFileOptions)}.Refresh: {reason}.", cause);

    private sealed class Lease(RangeTarget target, DateTimeOffset end)
    {
        public RangeTarget Target { get; } = target;

        public DateTimeOffset End { get; } = end;
    }

    private sealed class Outcome(Lease? lease, string? failure, Exception? cause)
    {
        public Lease? Lease { get; } = lease;

        public HctefException ToException() =>
            cause is HctefUrlException ? new HctefUrlException(failure!, cause) : new HctefException(failure!, cause);
    }
}
