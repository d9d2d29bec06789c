using Hctef.Diagnostics;

namespace Hctef.Fetching;

/// <summary>What is remembered of one host (scheme, host and port).</summary>
internal sealed class HostState
{
    private readonly string _scheme;
    private readonly string _host;
    private readonly int _port;
    private volatile bool _refusesSuffix;
    private volatile bool _refusesIfMatch;
    private volatile IHostCosts? _costs;

    /// <summary>Begins to know a host.</summary>
    /// <param name="uri">Any URL on it.</param>
    /// <param name="origin">Its name in messages.</param>
    /// <param name="maxConcurrency">The most requests that it may ever have under way.</param>
    /// <param name="maxRetries">How often one request may be repeated.</param>
    /// <param name="time">The clock.</param>
    public HostState(Uri uri, string origin, int maxConcurrency, int maxRetries, TimeProvider time)
    {
        (_scheme, _host, _port) = (uri.Scheme, uri.Host, uri.Port);
        Origin = origin;
        Tags = new ServerTags(uri);
        Model = new HostModel(time);
        Gate = new HostGate(new ConcurrencyLimit(maxConcurrency, Model, time));
        Retries = new HostRetryBudget(Math.Max(HctefDefaults.HostRetryReserve, maxRetries), time);
        Breaker = new HostBreaker(Math.Max(HctefDefaults.LeastFailuresOfHost, 4 * (1 + maxRetries)), time);
    }

    public string Origin { get; }

    public ServerTags Tags { get; }

    public HostGate Gate { get; }

    public HostModel Model { get; }

    public HedgeBudget Hedges { get; } = new();

    /// <summary>The repetitions that all its files may make together.</summary>
    public HostRetryBudget Retries { get; }

    public HostBreaker Breaker { get; }

    /// <summary>What requests are planned by: the model, unless a test sets its own.</summary>
    public IHostCosts Costs
    {
        get => _costs ?? Model;
        set => _costs = value;
    }

    /// <summary>Whether the host answered a suffix range by something else than the end of the file, but serves closed ranges.</summary>
    public bool RefusesSuffix
    {
        get => _refusesSuffix;
        set => _refusesSuffix = value;
    }

    /// <summary>Whether the host answered 412 to the right entity tag, so that <c>If-Match</c> is not sent to it.</summary>
    public bool RefusesIfMatch
    {
        get => _refusesIfMatch;
        set => _refusesIfMatch = value;
    }

    /// <summary>Whether a URL is on this host.</summary>
    public bool IsOriginOf(Uri uri) =>
        uri.Port == _port
        && string.Equals(uri.Scheme, _scheme, StringComparison.Ordinal)
        && string.Equals(uri.Host, _host, StringComparison.OrdinalIgnoreCase);
}
