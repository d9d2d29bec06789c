namespace Hctef.Diagnostics;

/// <summary>What a tier below the memory has done so far, for metrics. Each count is an interlocked number of its own.</summary>
internal sealed class TierCounters
{
    private long _hits;
    private long _misses;
    private long _rejected;
    private long _failed;
    private long _bytesRead;
    private long _bytesWritten;
    private long _bytesDropped;

    /// <summary>Reads that brought bytes.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Reads of what was not there.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>What was there and did not pass its verification.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Reads and writes that failed or took too long.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    public long BytesRead => Interlocked.Read(ref _bytesRead);

    public long BytesWritten => Interlocked.Read(ref _bytesWritten);

    /// <summary>Bytes that were offered and not written: under pressure, or because writing failed.</summary>
    public long BytesDropped => Interlocked.Read(ref _bytesDropped);

    public void CountHit(long bytes)
    {
        Interlocked.Increment(ref _hits);
        Interlocked.Add(ref _bytesRead, bytes);
    }

    public void CountMiss() => Interlocked.Increment(ref _misses);

    public void CountRejected() => Interlocked.Increment(ref _rejected);

    public void CountFailed() => Interlocked.Increment(ref _failed);

    public void CountWritten(long bytes) => Interlocked.Add(ref _bytesWritten, bytes);

    public void CountDropped(long bytes) => Interlocked.Add(ref _bytesDropped, bytes);
}
