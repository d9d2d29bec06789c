namespace Hctef.Http;

/// <summary>The retries of one execution: how many there were since its last progress. One attempt runs at a time.</summary>
internal sealed class RetryBudget(HctefRetryOptions options, IRetryObserver observer, TimeProvider time)
{
    private const double MaxJitter = 0.25;
    private long _progress = observer.Progress;
    private int _used;

    /// <summary>Why a transient failure was not repeated, for its message; null where that was no question.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Spends a retry, if there is one for this failure.</summary>
    public bool TrySpend(Exception? failure)
    {
        if (failure is not HctefNetworkException { IsTransient: true, FailsAtOnce: false } network)
        {
            return false;
        }

        if (network.IsLeftToHandler)
        {
            Refusal = "Repeating it is left to the resilience handler of the HTTP client.";
            return false;
        }

        if (network.RetryAfter > options.MaxRetryAfter)
        {
            Refusal = $"The server asks to wait {network.RetryAfter}, longer than {options.MaxRetryAfter} (HctefOptions.Retry.MaxRetryAfter).";
            return false;
        }

        // What follows progress asks for other bytes than the request before: it is no burden to a host that fails.
        bool repeats = observer.Progress == _progress;
        if (!repeats)
        {
            _progress = observer.Progress;
            _used = 0;
        }

        if (_used == options.MaxRetries)
        {
            Refusal = $"It was repeated {_used} times (HctefOptions.Retry.MaxRetries).";
            return false;
        }

        if (repeats && !observer.TrySpendRetry())
        {
            Refusal = $"It was repeated {_used} times only, fewer than HctefOptions.Retry.MaxRetries: "
                + "too many requests to this host are repetitions already.";
            return false;
        }

        _used++;
        return true;
    }

    /// <summary>Waits before the retry that was spent, as long as it takes or until the observer is hurried.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async ValueTask SleepAsync(Exception failure, CancellationToken cancellationToken)
    {
        TimeSpan delay = NextDelay(failure);

        // What the server asked for is waited in full.
        bool isAskedFor = failure is HctefNetworkException { RetryAfter: not null };
        TaskCompletionSource? hurried = isAskedFor ? null : observer.BeginHurriedWait();
        observer.OnRetrying(_used, delay, failure);
        Task sleep = hurried is not null
            ? hurried.Task.WaitAsync(delay, time, cancellationToken)
            : Task.Delay(delay, time, cancellationToken);
        await sleep.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// Doubling up to <see cref="HctefRetryOptions.MaxDelay"/>, a part of it random, and never less than the server asked for.
    /// </summary>
    private TimeSpan NextDelay(Exception failure)
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
}
