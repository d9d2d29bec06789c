namespace Hctef.TestServer.Honest;

/// <summary>An offset before which replies end and their connection is closed, a limited number of times.</summary>
internal sealed class BreakPoint(long offset, int times)
{
    private int _remaining = times;

    public long Offset => offset;

    public bool IsSpent => Volatile.Read(ref _remaining) <= 0;

    public bool TryTake() => Interlocked.Decrement(ref _remaining) >= 0;
}
