using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

/// <summary>
/// What requests cost, as a test says it: independent of how fast the machine is. By default no range is split or joined and no tail taken
/// over, so that a test of something else sees the requests that its reads ask for.
/// </summary>
internal sealed class FixedCosts : IHostCosts
{
    public TimeSpan Latency { get; init; } = TimeSpan.FromSeconds(1);

    public double BytesPerSecond { get; init; } = 1L << 40;

    public long GapBytes { get; init; }

    public long SmallestPieceBytes { get; init; } = 1L << 40;

    public long PieceBytes { get; init; } = 1L << 40;

    public long DrainBytes { get; init; } = 64 * 1024;
}
