namespace Hctef;

/// <summary>
/// Connections, times and limits of requests. Every time is above zero and at most one day. Read once, when the first file is opened.
/// </summary>
public sealed class HctefTransportOptions
{
    /// <summary>
    /// How long establishing a connection may take. A user's own primary handler has its own time, unless it is a
    /// <see cref="SocketsHttpHandler"/> on which none is set.
    /// </summary>
    /// <value>10 seconds by default.</value>
    public TimeSpan ConnectTimeout { get; set; } = HctefDefaults.ConnectTimeout;

    /// <summary>How long the headers of a reply may take once its request was sent, connecting and redirects included.</summary>
    /// <value>30 seconds by default.</value>
    public TimeSpan FirstByteTimeout { get; set; } = HctefDefaults.FirstByteTimeout;

    /// <summary>
    /// How long a reply's body may stay silent between bytes. One that brings fewer than 100 bytes a second over so long a wait is given up
    /// as if it were silent; time in which the reader does not ask for more does not count.
    /// </summary>
    /// <value>30 seconds by default.</value>
    public TimeSpan IdleTimeout { get; set; } = HctefDefaults.IdleTimeout;

    /// <summary>How long one fetch, or the request that opens a file, may take in all, retries and waits included.</summary>
    /// <value>
    /// <see langword="null"/> by default: as long as it makes progress, for which <see cref="IdleTimeout"/> sets the least speed.
    /// </value>
    public TimeSpan? TotalTimeout { get; set; }

    /// <summary>
    /// The most requests that may ever be under way at one time to one host (scheme, host and port), from 1 to 1,024. How many may be is
    /// found out within that: 16 at first (up to 64 where readers wait), more while that brings more, half when the host refuses (429, 503), fails or becomes slow.
    /// </summary>
    /// <value>64 by default.</value>
    public int MaxConcurrencyPerHost { get; set; } = HctefDefaults.MaxConcurrencyPerHost;

    /// <summary>The most redirects that one request follows, from 0 to 10.</summary>
    /// <value>10 by default.</value>
    public int MaxRedirects { get; set; } = HctefDefaults.MaxRedirects;
}
