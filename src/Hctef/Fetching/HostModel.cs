namespace Hctef.Fetching;

/// <summary>How fast a host answers and sends: what gaps, pieces and windows are computed from.</summary>
internal sealed class HostModel : IHostCosts
{
    private const long MinGapBytes = 16 * 1024;
    private const long MaxGapBytes = 4 * 1024 * 1024;
    private const long MinPieceBytes = 256 * 1024;
    private const long MaxPieceBytes = 8 * 1024 * 1024;

    /// <summary>From a request to the first byte of its reply.</summary>
    public TimeSpan Latency { get; } = HctefDefaults.AssumedLatency;

    /// <summary>Body bytes per second of one reply.</summary>
    public double BytesPerSecond { get; } = HctefDefaults.AssumedBytesPerSecond;

    /// <summary>A hole of no more than this costs less to fetch than another request.</summary>
    public long GapBytes => (long)Math.Clamp(BytesPerLatency, MinGapBytes, MaxGapBytes);

    /// <summary>The size of the requests that a long range is split into.</summary>
    public long PieceBytes => (long)Math.Clamp(4 * BytesPerLatency, MinPieceBytes, MaxPieceBytes);

    /// <summary>Below it the overhead of a request shows.</summary>
    public long SmallestPieceBytes => MinPieceBytes;

    private double BytesPerLatency => Latency.TotalSeconds * BytesPerSecond;
}
