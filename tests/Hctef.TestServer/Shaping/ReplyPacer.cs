using System.Diagnostics;

namespace Hctef.TestServer.Shaping;

/// <summary>Delays one reply as its network shape says.</summary>
internal sealed class ReplyPacer(NetworkShape shape, ShapedConnection connection, LinkSchedule sharedLink)
{
    private const int LargestBurst = 256 * 1024;
    private const int SmallestBurst = 4 * 1024;
    private const int BurstsPerSecond = 500;
    private static readonly long TicksPerMillisecond = Stopwatch.Frequency / 1000;

    private bool _bodyStarted;

    /// <summary>The most body bytes to send at once: about two milliseconds of the slower link.</summary>
    public int BurstBytes { get; } = (int)Math.Clamp(
        Math.Min(Rate(shape.BytesPerSecondPerConnection), Rate(shape.BytesPerSecondShared)) / BurstsPerSecond,
        SmallestBurst,
        LargestBurst);

    public Task WaitForFirstByteAsync(long arrived, int request, CancellationToken cancellationToken)
    {
        TimeSpan delay = connection.TakeFirstRequest() ? shape.Latency + shape.ConnectionCost : shape.Latency;
        if (shape.Late is { } late)
            delay += late.DelayOf(request);
        return PreciseTimer.Shared.WaitUntilAsync(arrived + (long)(delay.TotalSeconds * Stopwatch.Frequency), cancellationToken);
    }

    public Task WaitForBurstAsync(int bytes, bool last, CancellationToken cancellationToken)
    {
        if (!_bodyStarted)
            connection.Link.Begin();
        _bodyStarted = true;

        long due = 0;
        if (shape.BytesPerSecondPerConnection > 0)
            due = connection.Link.Reserve(bytes, shape.BytesPerSecondPerConnection);
        if (shape.BytesPerSecondShared > 0)
            due = Math.Max(due, sharedLink.Reserve(bytes, shape.BytesPerSecondShared));
        if (due == 0)
            return Task.CompletedTask;

        // All but the last burst may come a little late, so that one wake-up serves many connections: the link's schedule, which
        // knows nothing of it, makes up for that.
        if (!last)
            due = (due + TicksPerMillisecond - 1) / TicksPerMillisecond * TicksPerMillisecond;
        return PreciseTimer.Shared.WaitUntilAsync(due, cancellationToken);
    }

    private static long Rate(long bytesPerSecond) => bytesPerSecond > 0 ? bytesPerSecond : long.MaxValue;
}
