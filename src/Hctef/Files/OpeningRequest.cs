using Hctef.Diagnostics;
using Hctef.Fetching;
using Hctef.Http;

namespace Hctef.Files;

/// <summary>
/// One request outside the cache's blocks, with permit and retries: what opens and revalidates files. Its reply is not checked for a
/// version, since none is known.
/// </summary>
internal sealed class OpeningRequest(RangeNetwork network, ServingHost serving, RangeTarget target, FileCounters counters) : IRetryObserver
{
    private RequestedRange _range;
    private HostPermit? _permit;
    private RangeReply? _reply;

    void IRetryObserver.OnRetrying(int attempt, TimeSpan delay, Exception failure) =>
        Log.Retrying(network.Logger, target.RedactedUrl, attempt, delay, failure.Message);

    /// <summary>Asks for a range; the caller disposes the reply, then the permit.</summary>
    /// <exception cref="HctefNetworkException">No reply came, or one of an error status, after the retries.</exception>
    public async Task<(RangeReply Reply, HostPermit Permit)> SendAsync(RequestedRange range, CancellationToken cancellationToken)
    {
        _range = range;
        await network.Retry
            .ExecuteAsync(static (request, cancellation) => request.AttemptAsync(cancellation), this, cancellationToken)
            .ConfigureAwait(false);
        return (_reply!, _permit!);
    }

    private async ValueTask AttemptAsync(CancellationToken cancellationToken)
    {
        HostPermit permit = await serving.Current.Gate
            .AcquireAsync(FetchPriority.Demand, serving, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            RangeReply reply = await network.SendAsync(target, _range, pinned: null, counters, cancellationToken).ConfigureAwait(false);
            serving.Answered(reply, permit);
            if (reply.Verdict == RangeVerdict.Status)
            {
                using (reply)
                {
                    throw reply.ToException(target, pinned: null);
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
