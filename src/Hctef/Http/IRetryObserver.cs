namespace Hctef.Http;

/// <summary>What a <see cref="RetryPolicy"/> asks of, and tells to, the work that it repeats.</summary>
internal interface IRetryObserver
{
    /// <summary>Counts what the attempts have achieved, such as accepted bytes. Growth between failures refills the retries.</summary>
    long Progress => 0;

    /// <summary>Asks whether the host bears one more repetition; what follows progress is none.</summary>
    bool TrySpendRetry() => true;

    /// <summary>
    /// Called before <see cref="OnRetrying"/> if the coming wait is of our own choosing: what ends it early, from any thread and from now
    /// on; null if nothing may.
    /// </summary>
    TaskCompletionSource? BeginHurriedWait() => null;

    /// <summary>Called before the wait for the next attempt.</summary>
    /// <param name="attempt">The number of the coming repetition since the last progress, from 1.</param>
    /// <param name="delay">The wait.</param>
    /// <param name="failure">Why the attempt before failed.</param>
    void OnRetrying(int attempt, TimeSpan delay, Exception failure);
}
