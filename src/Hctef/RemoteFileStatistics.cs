namespace Hctef;

/// <summary>What one open file has asked of the network and given to its readers. Counts only grow.</summary>
public readonly record struct RemoteFileStatistics
{
    /// <summary>HTTP requests sent, retries and the opening one included; a redirected request counts once.</summary>
    public long Requests { get; init; }

    /// <summary>Body bytes received.</summary>
    public long BytesFetched { get; init; }

    /// <summary>Bytes copied into the buffers of readers.</summary>
    public long BytesServed { get; init; }

    /// <summary>
    /// Bytes of whole blocks that left the cache without having been read by anybody who has this version of the file open.
    /// </summary>
    public long BytesUnused { get; init; }

    /// <summary>Reads that were served from memory alone.</summary>
    public long Hits { get; init; }

    /// <summary>Reads that had to wait for the network.</summary>
    public long Misses { get; init; }
}
