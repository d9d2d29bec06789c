using Hctef.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Hctef.Caching.Disk;

/// <summary>
/// Leaves the disk alone after a failure: 30 s, twice as long with each failure that follows, 10 minutes at most. Each rest is logged
/// once. <c>_until</c> is a single value, read without the lock, under which it is written.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="logger">Where a rest is told.</param>
/// <param name="folder">The folder, for the log.</param>
/// <param name="what">What rests: reading or writing.</param>
internal sealed class DiskRest(TimeProvider time, ILogger logger, string folder, string what)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly long _origin = time.GetTimestamp();
    private long _until;
    private TimeSpan _next = Shortest;

    public bool IsResting
    {
        get
        {
            long until = Interlocked.Read(ref _until);
            return until != 0 && time.GetElapsedTime(_origin).Ticks < until;
        }
    }

    public void Fail(string reason)
    {
        TimeSpan rest;
        lock (_gate)
        {
            if (IsResting)
            {
                return;
            }

            rest = _next;
            _next = TimeSpan.FromTicks(Math.Min(2 * rest.Ticks, Longest.Ticks));
            Interlocked.Exchange(ref _until, (time.GetElapsedTime(_origin) + rest).Ticks);
        }

        Log.DiskCacheResting(logger, folder, what, rest, reason);
    }

    /// <summary>Something succeeded: the next rest is a short one again.</summary>
    public void Succeed()
    {
        if (Interlocked.Read(ref _until) == 0)
        {
            return;
        }

        lock (_gate)
        {
            if (!IsResting)
            {
                _next = Shortest;
                Interlocked.Exchange(ref _until, 0);
            }
        }
    }
}
