namespace Hctef.TestServer.Honest;

/// <summary>Answers a number of requests with a bodyless status before the file is served again.</summary>
public sealed class StatusOverride(int status, int times = int.MaxValue, string? retryAfter = null)
{
    private int _remaining = times;

    public int Status => status;

    public string? RetryAfter => retryAfter;

    public int Remaining => Math.Max(0, Volatile.Read(ref _remaining));

    internal bool TryTake() => Interlocked.Decrement(ref _remaining) >= 0;
}
