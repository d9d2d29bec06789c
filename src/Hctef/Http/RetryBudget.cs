namespace Hctef.Http;

/// <summary>The retries of one execution: how many there were since its last progress. One attempt runs at a time.</summary>
internal sealed class RetryBudget(HctefRetryOptions options, IRetryObserver observer)
{
    private const double MaxJitter = 0.25;
    private long _progress = observer.Progress;
    private int _used;

    /// <summary>Spends a retry, if there is one for this failure.</summary>
    public bool TrySpend(Exception? failure)
    {
        if (failure is not HctefNetworkException { IsTransient: true } network || network.RetryAfter > options.MaxRetryAfter)
        {
            return false;
        }

        if (observer.Progress != _progress)
        {
            _progress = observer.Progress;
            _used = 0;
        }

        return _used++ < options.MaxRetries;
    }

    /// <summary>
    /// The wait before the retry that was spent: doubling up to <see cref="HctefRetryOptions.MaxDelay"/>, a part of it random, and
    /// never less than the server asked for.
    /// </summary>
    public TimeSpan NextDelay(Exception? failure)
    {
        double ticks = Math.Min(options.BaseDelay.Ticks * Math.Pow(2, _used - 1), options.MaxDelay.Ticks);
        TimeSpan delay = TimeSpan.FromTicks((long)(ticks * (1 - (MaxJitter * Random.Shared.NextDouble()))));
        if (failure is not HctefNetworkException { RetryAfter: { } asked })
        {
            return delay;
        }

        TimeSpan spread = asked + (options.BaseDelay * Random.Shared.NextDouble());
        return spread > delay ? spread : delay;
    }

    public void Report(TimeSpan delay, Exception? failure) => observer.OnRetrying(_used, delay, failure!);
}
