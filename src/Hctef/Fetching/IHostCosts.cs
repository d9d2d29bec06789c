namespace Hctef.Fetching;

/// <summary>What a request to a host costs: what gaps, pieces, take-overs and drains are decided by.</summary>
internal interface IHostCosts
{
    /// <summary>From a request to the first byte of its reply.</summary>
    TimeSpan Latency { get; }

    /// <summary>Body bytes per second of one reply.</summary>
    double BytesPerSecond { get; }

    /// <summary>The bytes that a reply would bring in the time that it takes to begin.</summary>
    double BytesPerLatency => Latency.TotalSeconds * BytesPerSecond;

    /// <summary>A hole of no more than this costs less to fetch than another request.</summary>
    long GapBytes { get; }

    /// <summary>Where a reader waits, long ranges are split further to use all permits, but not below this.</summary>
    long SmallestPieceBytes { get; }

    /// <summary>The size of the requests that a long range is split into.</summary>
    long PieceBytes { get; }

    /// <summary>
    /// An abandoned body that misses no more than this is received to its end: another connection, one latency at the least, would cost
    /// more.
    /// </summary>
    long DrainBytes { get; }
}
