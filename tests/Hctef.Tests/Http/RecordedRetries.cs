using Hctef.Http;

namespace Hctef.Tests.Http;

/// <summary>Work for a retry policy that a test scripts, with what it was told.</summary>
internal sealed class RecordedRetries(Func<int, Exception?> failureOf) : IRetryObserver
{
    public int Attempts { get; private set; }

    public long Progress { get; set; }

    /// <summary>How many repetitions the host bears.</summary>
    public int HostRetries { get; set; } = int.MaxValue;

    /// <summary>Whether somebody hurries as soon as a wait is told, before it begins.</summary>
    public bool IsHurried { get; set; }

    private TaskCompletionSource Hurry { get; } = new();

    public TaskCompletionSource? BeginHurriedWait() => Hurry.Task.IsCompleted ? null : Hurry;

    public bool TrySpendRetry() => HostRetries-- > 0;

    public List<(int Attempt, TimeSpan Delay, Exception Failure)> Retries { get; } = [];

    public ValueTask AttemptAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return failureOf(++Attempts) is { } failure ? ValueTask.FromException(failure) : default;
    }

    public void OnRetrying(int attempt, TimeSpan delay, Exception failure)
    {
        Retries.Add((attempt, delay, failure));
        if (IsHurried)
        {
            Hurry.TrySetResult();
        }
    }
}
