using System.Collections.Concurrent;

namespace Hctef.Http;

/// <summary>
/// Tells that the circuit breaker of a resilience handler is shared: it refuses a host of which no attempt has failed, so that it must
/// have counted the failures of others.
/// </summary>
/// <remarks>
/// Safe for concurrent use: a set that only grows, and a flag that is raised once. A failure is noted before its request ends, and only
/// then can a breaker count it. Beyond 1,024 hosts nothing is told any more.
/// </remarks>
internal sealed class SharedBreakerWatch
{
    public const int MaxHosts = 1024;

    private readonly ConcurrentDictionary<string, byte> _failed = new(StringComparer.Ordinal);
    private int _told;

    /// <summary>An attempt at a file of this URL failed: by an exception, or by a status that resilience handlers repeat.</summary>
    public void AttemptFailed(Uri asked)
    {
        if (_failed.Count < MaxHosts)
        {
            _failed.TryAdd(RedactedUrl.OriginOf(asked), 0);
        }
    }

    /// <summary>The breaker refused a request for this URL.</summary>
    /// <returns>Whether this shows for the first time that it is shared.</returns>
    public bool ShowsSharing(Uri asked) =>
        _failed.Count < MaxHosts
        && !_failed.ContainsKey(RedactedUrl.OriginOf(asked))
        && Interlocked.Exchange(ref _told, 1) == 0;
}
