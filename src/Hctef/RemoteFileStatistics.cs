namespace Hctef;

/// <summary>
/// What one open file has asked of the network and given to its readers, and what is known of the host that serves it. Counts only grow.
/// </summary>
public readonly record struct RemoteFileStatistics
{
    /// <summary>HTTP requests sent, retries and the opening one included; a redirected request counts once.</summary>
    public long Requests { get; init; }

    /// <summary>Body bytes received.</summary>
    public long BytesFetched { get; init; }

    /// <summary>Bytes that the disk tier and the distributed tier have brought instead of the origin.</summary>
    public long BytesFromTiers { get; init; }

    /// <summary>Bytes copied into the buffers of readers.</summary>
    public long BytesServed { get; init; }

    /// <summary>
    /// Bytes of whole blocks that left the cache without having been read by anybody who has this version of the file open.
    /// </summary>
    public long BytesUnused { get; init; }

    /// <summary>Reads that were served from memory alone.</summary>
    public long Hits { get; init; }

    /// <summary>Reads that had to wait, for the network or a tier below the memory.</summary>
    public long Misses { get; init; }

    /// <summary>
    /// The time from a request to the first byte of its reply, of the host that serves the file (after redirects): the 20th percentile of
    /// the last 64 requests of all files on it. Zero until it has been measured.
    /// </summary>
    public TimeSpan EstimatedLatency { get; init; }

    /// <summary>
    /// Body bytes per second that one more reply of that host would bring, beside those it sends at present. Zero until replies of
    /// 64 KiB and more have been measured.
    /// </summary>
    public long EstimatedBytesPerSecond { get; init; }

    /// <summary>
    /// How many requests that host is found to bear at once at present; at most <see cref="HctefTransportOptions.MaxConcurrencyPerHost"/>.
    /// Readers who wait may have up to 64 under way even if it is lower, as long as the host has never minded.
    /// Zero for a file that is not open yet.
    /// </summary>
    public int ConcurrencyLimit { get; init; }
}
