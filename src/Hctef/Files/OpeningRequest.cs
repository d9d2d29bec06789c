using Hctef.Diagnostics;
using Hctef.Fetching;
using Hctef.Http;

namespace Hctef.Files;

/// <summary>
/// One request outside the cache's blocks, with permit and retries: what opens and revalidates files.
/// </summary>
/// <param name="network">The way to the network.</param>
/// <param name="serving">Who serves the file.</param>
/// <param name="target">The file.</param>
/// <param name="counters">The file's counters.</param>
/// <param name="pinned">The version that its reply is checked for; null while none is known.</param>
internal sealed class OpeningRequest(
    RangeNetwork network, ServingHost serving, RangeTarget target, FileCounters counters, Representation? pinned = null) : IRetryObserver
{
    private RequestedRange _range;
    private RequestForm _form;
    private HostPermit? _permit;
    private RangeReply? _reply;

    bool IRetryObserver.TrySpendRetry() => serving.Current.Retries.TrySpend();

    void IRetryObserver.OnRetrying(int attempt, TimeSpan delay, Exception failure) =>
        Log.Retrying(network.Logger, target.RedactedUrl, attempt, delay, failure.Message);

    /// <summary>Asks for a range; the caller disposes the reply, then the permit.</summary>
    /// <exception cref="HctefNetworkException">No reply came, or one of an error status, after the retries.</exception>
    public async Task<(RangeReply Reply, HostPermit Permit)> SendAsync(
        RequestedRange range, RequestForm form, CancellationToken cancellationToken)
    {
        (_range, _form) = (range, form);
        if (network.Transport.TotalTimeout is { } total)
        {
            await RepeatWithinAsync(total, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await RepeatAsync(cancellationToken).ConfigureAwait(false);
        }

        return (_reply!, _permit!);
    }

    private async Task RepeatWithinAsync(TimeSpan total, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(total, network.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await RepeatAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException cancelled) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HctefNetworkException(
                HctefNetworkError.Timeout,
                $"Asking for {target.RedactedUrl} took more than {total} in all (HctefOptions.Transport.TotalTimeout).",
                cancelled,
                isTransient: true);
        }
    }

    private ValueTask RepeatAsync(CancellationToken cancellationToken) => network.Retry
        .ExecuteAsync(static (request, cancellation) => request.AttemptAsync(cancellation), this, cancellationToken);

    private async ValueTask AttemptAsync(CancellationToken cancellationToken)
    {
        HostPermit permit = await serving.Current.Gate
            .AcquireAsync(FetchPriority.Demand, serving, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            permit.Enter(serving.Current, target);
            RangeReply reply = await network.SendAsync(target, _range, pinned, _form, counters, cancellationToken).ConfigureAwait(false);
            serving.Answered(reply, permit);
            if (reply.Verdict == RangeVerdict.Status)
            {
                using (reply)
                {
                    throw reply.ToException(target, pinned);
                }
            }

            (_reply, _permit) = (reply, permit);
        }
        catch (Exception failure)
        {
            permit.Failed(failure);
            permit.Dispose();
            throw;
        }
    }
}
