using Hctef.Caching.Tiers;

namespace Hctef.Caching.Distributed;

/// <summary>
/// What waits to be written, 16 MiB at most. Whoever offers asks for room before anything is copied, and is called when half of it is free.
/// Four write at once, on the pool, as long as there is something to write. The lock
/// guards all; neither writing, nor dropping, nor calling happens under it.
/// </summary>
internal sealed class WriteQueue(Func<PendingWrite, Task> write, Action<PendingWrite> drop, TimeProvider time)
{
    private const int MostWriters = 4;
    private const long MostBytes = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<PendingWrite> _pending = new();
    private readonly HashSet<ITierVersion> _turnedDown = [];
    private long _bytes;
    private int _writers;
    private bool _isClosed;
    private TaskCompletionSource? _idle;

    /// <summary>Whether there is room for so many bytes; if not, the version is called when there is.</summary>
    public bool HasRoom(int bytes, ITierVersion version)
    {
        lock (_gate)
        {
            if (_isClosed || _bytes + bytes <= MostBytes)
            {
                return true;
            }

            _turnedDown.Add(version);
            return false;
        }
    }

    /// <summary>Takes a write over, or drops it.</summary>
    public void Add(PendingWrite pending)
    {
        lock (_gate)
        {
            // Room was asked for chunks before they were copied: each who offers at the same moment may go beyond the bound by one.
            if (!_isClosed && (pending.Chunk is not null || _bytes + pending.Payload.Length <= MostBytes))
            {
                _bytes += pending.Payload.Length;
                _pending.Enqueue(pending);
                if (_writers < MostWriters)
                {
                    _writers++;
                    Start();
                }

                return;
            }
        }

        drop(pending);
    }

    /// <summary>
    /// Waits for the writes there are, and for those that were turned down and are offered again, but not longer than it is told; the rest is
    /// dropped, and nothing more is taken.
    /// </summary>
    public async Task CloseAsync(TimeSpan patience)
    {
        Task idle;
        lock (_gate)
        {
            if (_isClosed || _writers == 0)
            {
                _isClosed = true;
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
            _turnedDown.Clear();
            _bytes = 0;
        }

        Array.ForEach(dropped, drop);
    }

    /// <summary>What flows with a reader does not flow into the writing of what others bring.</summary>
    private void Start()
    {
        using AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _ = Task.Run(WriteAllAsync);
    }

    private async Task WriteAllAsync()
    {
        while (Take(out ITierVersion[] drained) is { } pending)
        {
            Array.ForEach(drained, static version => version.Drained?.Invoke());
            await write(pending).ConfigureAwait(false);
        }
    }

    private PendingWrite? Take(out ITierVersion[] drained)
    {
        drained = [];
        lock (_gate)
        {
            if (_pending.TryDequeue(out PendingWrite? pending))
            {
                _bytes -= pending.Payload.Length;
                if (_bytes <= MostBytes / 2 && _turnedDown.Count > 0)
                {
                    drained = [.. _turnedDown];
                    _turnedDown.Clear();
                }

                return pending;
            }

            if (--_writers == 0 && _idle is not null)
            {
                // Whoever was turned down has been called by the writer before it came here, and has offered by now.
                _isClosed = true;
                _idle.TrySetResult();
            }

            return null;
        }
    }
}
