using System.Net;
using Hctef.Diagnostics;
using Hctef.Http;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;

namespace Hctef.Fetching;

/// <summary>The way to the network that all files of a registration share.</summary>
internal sealed class RangeNetwork(
    string clientName,
    IHttpClientFactory clients,
    HctefTransportOptions transport,
    HctefRetryOptions retry,
    TimeProvider time,
    ILogger logger,
    HctefMetrics metrics,
    CancellationToken stopping,
    ClientHandlers? clientHandlers = null)
{
    private readonly ClientHandlers _handlers = clientHandlers ?? new ClientHandlers();
    private long _quarantined;
    private long _takeOvers;

    public RetryPolicy Retry { get; } = new(retry, time);

    /// <summary>Whether a late request is raced by a second one: not where a handler of the client sends further ones, too.</summary>
    public bool Hedges => retry.Hedging && !_handlers.RepeatRequests;

    public HctefTransportOptions Transport { get; } = transport;

    public TimeProvider Time { get; } = time;

    public ILogger Logger { get; } = logger;

    public HctefMetrics Metrics { get; } = metrics;

    /// <summary>Cancelled when the registration shuts down.</summary>
    public CancellationToken Stopping { get; } = stopping;

    /// <summary>Transfers whose receive did not end in time after its cancellation; their memory is not used while it lasts.</summary>
    public long Quarantined => Interlocked.Read(ref _quarantined);

    /// <summary>Fetches whose tail another took over.</summary>
    public long TakeOvers => Interlocked.Read(ref _takeOvers);

    /// <summary>Refuses URLs that name a service where no handler of the HTTP client resolves them.</summary>
    /// <exception cref="HctefUrlException">It names one, and none does.</exception>
    public void CheckResolvable(Uri uri)
    {
        if (!HttpUrl.NamesService(uri))
        {
            return;
        }

        // Its handlers may not have been made yet.
        clients.CreateClient(clientName).Dispose();
        if (!_handlers.ResolveServices)
        {
            throw new HctefUrlException(
                $"The scheme '{uri.Scheme}' names a service, which no handler of the HTTP client '{clientName}' resolves: add service "
                + "discovery to it (AddServiceDiscovery on IHctefBuilder.HttpClientBuilder or by ConfigureHttpClientDefaults).");
        }
    }

    public void CountQuarantined() => Interlocked.Increment(ref _quarantined);

    public void CountTakeOver() => Interlocked.Increment(ref _takeOvers);

    /// <summary>Asks for a range with what the file is asked with now; once more if the server refuses that and it is renewed.</summary>
    public Task<RangeReply> SendAsync(
        RangeTarget target,
        RequestedRange range,
        Representation? pinned,
        RequestForm form,
        FileCounters counters,
        CancellationToken cancellationToken) =>
        target.Renewal is { } renewal
            ? SendRenewedAsync(renewal, range, pinned, form, counters, cancellationToken)
            : SendOnceAsync(target, range, pinned, form, counters, cancellationToken);

    private async Task<RangeReply> SendRenewedAsync(
        TargetRenewal renewal,
        RequestedRange range,
        Representation? pinned,
        RequestForm form,
        FileCounters counters,
        CancellationToken cancellationToken)
    {
        RangeTarget current = await renewal.GetAsync(cancellationToken).ConfigureAwait(false);
        RangeReply reply = await SendOnceAsync(current, range, pinned, form, counters, cancellationToken).ConfigureAwait(false);
        if (reply is not { Verdict: RangeVerdict.Status, Status: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden })
        {
            return reply;
        }

        HttpStatusCode refused = reply.Status;
        reply.Dispose();
        current = await renewal.RenewAsync(current, refused, cancellationToken).ConfigureAwait(false);
        return await SendOnceAsync(current, range, pinned, form, counters, cancellationToken).ConfigureAwait(false);
    }

    private Task<RangeReply> SendOnceAsync(
        RangeTarget target,
        RequestedRange range,
        Representation? pinned,
        RequestForm form,
        FileCounters counters,
        CancellationToken cancellationToken)
    {
        counters.CountRequest();

        // A client of its own for every request: nothing is captured, and the factory decides about handlers.
        var client = new RangeClient(clients.CreateClient(clientName), Transport, Time);
        return _handlers.RepeatRequests
            ? SendOnceOnlyAsync(client, target, range, pinned, form, cancellationToken)
            : client.SendAsync(target, range, pinned, form, cancellationToken);
    }

    /// <summary>Through a resilience handler: what fails has been repeated by it, and is not by Hctef, or attempts would multiply.</summary>
    private async Task<RangeReply> SendOnceOnlyAsync(
        RangeClient client,
        RangeTarget target,
        RequestedRange range,
        Representation? pinned,
        RequestForm form,
        CancellationToken cancellationToken)
    {
        try
        {
            RangeReply reply = await client.SendAsync(target, range, pinned, form, cancellationToken).ConfigureAwait(false);
            reply.IsLeftToHandler = true;
            return reply;
        }
        catch (HctefNetworkException failure)
        {
            failure.IsLeftToHandler = true;
            if (failure.InnerException is BrokenCircuitException && _handlers.Breaker.ShowsSharing(target.Uri))
            {
                Log.SharedCircuitBreaker(Logger, clientName, RedactedUrl.OriginOf(target.Uri));
            }

            throw;
        }
    }
}
