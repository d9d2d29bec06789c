using Hctef.Http;

namespace Hctef.Tests.Http;

/// <summary>Work for a retry policy that a test scripts, with what it was told.</summary>
internal sealed class RecordedRetries(Func<int, Exception?> failureOf) : IRetryObserver
{
    public int Attempts { get; private set; }

    public long Progress { get; set; }

    public List<(int Attempt, TimeSpan Delay, Exception Failure)> Retries { get; } = [];

    public ValueTask AttemptAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return failureOf(++Attempts) is { } failure ? ValueTask.FromException(failure) : default;
    }

    public void OnRetrying(int attempt, TimeSpan delay, Exception failure) => Retries.Add((attempt, delay, failure));
}
