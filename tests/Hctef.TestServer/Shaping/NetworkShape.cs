namespace Hctef.TestServer.Shaping;

/// <summary>The network that the honest server pretends to be behind. All zero: as fast as the loopback is.</summary>
public sealed record NetworkShape
{
    /// <summary>From the arrival of a request to the first byte of its reply.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Added to the latency of the first request on each connection.</summary>
    public TimeSpan ConnectionCost { get; init; }

    /// <summary>Body bytes per second on one connection; 0 = unlimited.</summary>
    public long BytesPerSecondPerConnection { get; init; }

    /// <summary>Body bytes per second of all connections together; 0 = unlimited.</summary>
    public long BytesPerSecondShared { get; init; }

    /// <summary>Replies that begin later still; null = none.</summary>
    public LateReplies? Late { get; init; }
}
