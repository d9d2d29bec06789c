using Hctef.Diagnostics;
using Hctef.Http;
using Microsoft.Extensions.Logging;

namespace Hctef.Fetching;

/// <summary>The way to the network that all files of a registration share.</summary>
internal sealed class RangeNetwork(
    string clientName,
    IHttpClientFactory clients,
    HctefTransportOptions transport,
    HctefRetryOptions retry,
    TimeProvider time,
    ILogger logger,
    CancellationToken stopping)
{
    private long _quarantined;
    private long _takeOvers;

    public RetryPolicy Retry { get; } = new(retry, time);

    /// <summary>Whether a late request is raced by a second one.</summary>
    public bool Hedges { get; } = retry.Hedging;

    public HctefTransportOptions Transport { get; } = transport;

    public TimeProvider Time { get; } = time;

    public ILogger Logger { get; } = logger;

    /// <summary>Cancelled when the registration shuts down.</summary>
    public CancellationToken Stopping { get; } = stopping;

    /// <summary>Transfers whose receive did not end in time after its cancellation; their memory is not used while it lasts.</summary>
    public long Quarantined => Interlocked.Read(ref _quarantined);

    /// <summary>Fetches whose tail another took over.</summary>
    public long TakeOvers => Interlocked.Read(ref _takeOvers);

    public void CountQuarantined() => Interlocked.Increment(ref _quarantined);

    public void CountTakeOver() => Interlocked.Increment(ref _takeOvers);

    public Task<RangeReply> SendAsync(
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
        return client.SendAsync(target, range, pinned, form, cancellationToken);
    }
}
