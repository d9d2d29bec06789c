using System.Diagnostics;

namespace Hctef.TestServer.Shaping;

/// <summary>
/// When a link of a given bandwidth has carried the bytes that were put on it. The lock guards the moment at which the
/// link is free again.
/// </summary>
internal sealed class LinkSchedule(TimeSpan slack)
{
    private readonly long _slackTicks = (long)(slack.TotalSeconds * Stopwatch.Frequency);
    private readonly Lock _lock = new();
    private long _free;

    /// <summary>A new transfer starts: time during which the link was idle is lost.</summary>
    public void Begin()
    {
        lock (_lock)
            _free = Math.Max(_free, Stopwatch.GetTimestamp());
    }

    /// <summary>Puts bytes on the link and returns the timestamp at which they have arrived.</summary>
    public long Reserve(long bytes, long bytesPerSecond)
    {
        long now = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            // A sender that was woken a little late catches up; one that was away starts anew.
            long begin = _free < now - _slackTicks ? now : _free;
            _free = begin + (long)((double)bytes * Stopwatch.Frequency / bytesPerSecond);
            return _free;
        }
    }
}
