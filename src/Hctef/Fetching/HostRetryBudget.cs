namespace Hctef.Fetching;

/// <summary>
/// How many of the requests to a host may be repetitions: one for five first ones, within the last ten to twenty seconds, and a reserve
/// for a host of few requests. A host that fails all its readers is asked little more than once by each, whatever each may repeat. After
/// Finagle's RetryBudget; gRPC throttles alike (gRFC A6, by successes instead of requests). Its lock guards it.
/// </summary>
/// <remarks>Requests and retries are counted in two halves of a sliding window; when one is over, it becomes the older half.</remarks>
internal sealed class HostRetryBudget(int reserve, TimeProvider time)
{
    private const double RetriesPerRequest = 0.2;

    private static readonly TimeSpan HalfWindow = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long _begun = time.GetTimestamp();
    private (int Requests, int Retries) _now;
    private (int Requests, int Retries) _before;

    /// <summary>A request is sent, a first one or a repetition.</summary>
    public void CountRequest()
    {
        lock (_gate)
        {
            Turn_NeedsLock();
            _now.Requests++;
        }
    }

    /// <summary>Spends a retry, if there is one.</summary>
    public bool TrySpend()
    {
        lock (_gate)
        {
            Turn_NeedsLock();
            int retries = _now.Retries + _before.Retries;

            // Retries that still sleep count as sent: too few first ones are known then, never too many.
            int first = _now.Requests + _before.Requests - retries;
            if (retries >= Math.Max(reserve, first * RetriesPerRequest))
            {
                return false;
            }

            _now.Retries++;
            return true;
        }
    }

    private void Turn_NeedsLock()
    {
        TimeSpan since = time.GetElapsedTime(_begun);
        if (since >= HalfWindow)
        {
            _before = since < 2 * HalfWindow ? _now : default;
            _now = default;
            _begun = time.GetTimestamp();
        }
    }
}
