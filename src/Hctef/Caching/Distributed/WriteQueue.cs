using Hctef.Diagnostics;

namespace Hctef.Caching.Distributed;

/// <summary>
/// What waits to be written, 16 MiB at most; what comes when it is full is dropped. Four write at once, on the pool, as long as there is
/// something to write. The lock guards the queue and the number of those who write.
/// </summary>
internal sealed class WriteQueue(Func<PendingWrite, Task> write, TierCounters counters, TimeProvider time)
{
    private const int MostWriters = 4;
    private const long MostBytes = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<PendingWrite> _pending = new();
    private long _bytes;
    private int _writers;
    private bool _isClosed;
    private TaskCompletionSource? _idle;

    /// <summary>Takes a write over, or drops it.</summary>
    public void Add(PendingWrite pending)
    {
        lock (_gate)
        {
            if (!_isClosed && _bytes + pending.Payload.Length <= MostBytes)
            {
                _bytes += pending.Payload.Length;
                _pending.Enqueue(pending);
                if (_writers < MostWriters)
                {
                    _writers++;
                    _ = Task.Run(WriteAllAsync);
                }

                return;
            }
        }

        Drop(pending);
    }

    /// <summary>Takes no more writes, and waits for those there are, but not longer than it is told; the rest is dropped.</summary>
    public async Task CloseAsync(TimeSpan patience)
    {
        Task idle;
        lock (_gate)
        {
            _isClosed = true;
            if (_writers == 0)
            {
                return;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _idle.Task;
        }

        try
        {
            await idle.WaitAsync(patience, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Close();
        }
    }

    /// <summary>Takes no more writes, and drops those that wait.</summary>
    public void Close()
    {
        PendingWrite[] dropped;
        lock (_gate)
        {
            _isClosed = true;
            dropped = [.. _pending];
            _pending.Clear();
            _bytes = 0;
        }

        Array.ForEach(dropped, Drop);
    }

    private async Task WriteAllAsync()
    {
        while (Take() is { } pending)
        {
            await write(pending).ConfigureAwait(false);
        }
    }

    private PendingWrite? Take()
    {
        lock (_gate)
        {
            if (_pending.TryDequeue(out PendingWrite? pending))
            {
                _bytes -= pending.Payload.Length;
                return pending;
            }

            if (--_writers == 0)
            {
                _idle?.TrySetResult();
            }

            return null;
        }
    }

    private void Drop(PendingWrite pending)
    {
        counters.CountDropped(pending.Payload.Length);
        pending.Chunk?.Dispose();
    }
}
