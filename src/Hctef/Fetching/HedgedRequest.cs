using Hctef.Http;

namespace Hctef.Fetching;

/// <summary>
/// A request that a second, identical one races when its reply is late: J. Dean and L. Barroso, "The Tail at Scale", Communications of the
/// ACM 56(2), 2013. The race is for accepted headers only: the loser is dropped unread, so that no byte has two sources.
/// </summary>
internal sealed class HedgedRequest(RangeSource source, RequestedRange range, RequestForm form)
{
    /// <summary>A reply is never late before this.</summary>
    private static readonly TimeSpan LeastDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>Sends the request, and the second where it is late, wanted by a reader, within the budget, and a permit is free.</summary>
    /// <param name="permit">The permit of the first; it stays the caller's if its reply is returned, also if that was refused or failed.</param>
    /// <param name="cancellationToken">Gives up both.</param>
    /// <returns>The reply, and its permit.</returns>
    public async Task<(RangeReply Reply, HostPermit Permit)> SendAsync(HostPermit permit, CancellationToken cancellationToken)
    {
        HostState host = source.Host;
        host.Hedges.CountRequest();
        long sent = source.Network.Time.GetTimestamp();
        using var first = new RequestAttempt(source, range, form, permit, cancellationToken);
        if (host.Model.TailLatency is { } tail && await IsLateAsync(first, tail).ConfigureAwait(false)
            && TryStartSecond(host, permit, cancellationToken) is { } second)
        {
            if (await SecondWinsAsync(first, second).ConfigureAwait(false))
            {
                // The first would have taken longer yet: without it, the times known would be of soon replies only.
                host.Model.AddFirstByte(source.Network.Time.GetElapsedTime(sent));
                first.Drop();
                using (second)
                {
                    return (await second.Reply.ConfigureAwait(false), second.Permit);
                }
            }

            second.Drop();
        }

        return (await first.Reply.ConfigureAwait(false), permit);
    }

    private async Task<bool> IsLateAsync(RequestAttempt first, TimeSpan tail)
    {
        TimeSpan delay = 2 * tail > LeastDelay ? 2 * tail : LeastDelay;
        try
        {
            await first.Reply.WaitAsync(delay, source.Network.Time, CancellationToken.None).ConfigureAwait(false);
            return false;
        }
        catch (TimeoutException)
        {
            // The reply may have come at the same moment.
            return !first.Reply.IsCompleted;
        }
    }

    private RequestAttempt? TryStartSecond(HostState host, HostPermit permit, CancellationToken cancellationToken)
    {
        if (permit.Priority != FetchPriority.Demand || host.Gate.TryAcquireSpare(permit.File) is not { } spare)
        {
            return null;
        }

        if (!host.Hedges.TrySpend())
        {
            spare.Dispose();
            return null;
        }

        source.Counters.CountHedge();
        return new RequestAttempt(source, range, form, spare, cancellationToken);
    }

    /// <summary>Whether the second is the first to be accepted. If neither is, the first tells why.</summary>
    private static async Task<bool> SecondWinsAsync(RequestAttempt first, RequestAttempt second)
    {
        await Task.WhenAny(first.Reply, second.Reply).ConfigureAwait(false);
        if (first.IsAccepted)
        {
            return false;
        }

        if (!second.IsAccepted)
        {
            await ((Task)(first.Reply.IsCompleted ? second : first).Reply).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return second.IsAccepted && !first.IsAccepted;
    }
}
