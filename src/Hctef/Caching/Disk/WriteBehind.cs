using Hctef.Diagnostics;

namespace Hctef.Caching.Disk;

/// <summary>
/// Collects blocks until they fill a pack, or for five seconds, and has them written by one thread, which ends when nothing is left to do.
/// It begins when half of the room is taken, or half a second after a pack was full: most bursts are over by then. All that waits
/// takes 32 MiB at most; what comes beyond is turned down, and its versions are told when there is room again.
/// </summary>
/// <remarks>
/// The lock guards the buffers (one for each version that has blocks and is not full), the queue of those that are sealed, and whether the
/// writer runs. Who seals a buffer while no writer runs starts one or has the timer armed under the same lock; the writer looks for the next
/// and says that it has ended under it, too. So nothing sealed is ever left without a writer. Nothing is copied or written under it. Who finds no room enters
/// his version under the lock and looks for room again; the writer gives room back and then takes the versions under the lock. So one of
/// the two sees the other.
/// </remarks>
internal sealed class WriteBehind : IDisposable
{
    private const long MostBytes = 32 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long a full pack waits for the burst that it is of to end.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Dictionary<DiskVersion, WriteBuffer> _buffers = [];
    private readonly Queue<WriteBuffer> _sealed = new();
    private readonly HashSet<DiskVersion> _turnedDown = [];
    private readonly PackWriter _writer;
    private readonly DiskClock _clock;
    private readonly TierCounters _counters;
    private readonly int _packBytes;
    private readonly ITimer _timer;
    private TimeSpan _sealedAt;
    private TimeSpan _due = TimeSpan.MaxValue;
    private Task _writing = Task.CompletedTask;
    private bool _isWriting;
    private bool _isClosed;
    private long _bytes;

    public WriteBehind(PackWriter writer, TimeProvider time, DiskClock clock, TierCounters counters, int packBytes)
    {
        (_writer, _clock, _counters, _packBytes) = (writer, clock, counters, packBytes);

        // The timer must not keep what flows with the first reader.
        using AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _timer = time.CreateTimer(
            static state => ((WriteBehind)state!).SealOld(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether something waits to be written.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_gate)
            {
                return _isWriting || _buffers.Count > 0 || _sealed.Count > 0;
            }
        }
    }

    /// <summary>Copies blocks of a version; false where there is no room for them. It drops them when it is closed or the system has no memory.</summary>
    public bool TryAdd(DiskVersion version, int epoch, long first, long end, ReadOnlySpan<byte> bytes)
    {
        if (!TryReserve(bytes.Length) && !TryReserveOrEnter(version, bytes.Length))
        {
            SealAll();
            return false;
        }

        PendingBlocks? blocks = TryCopy(first, end, bytes);
        lock (_gate)
        {
            if (blocks is not null && !_isClosed)
            {
                Enter_NeedsLock(version, epoch, blocks);
                return true;
            }
        }

        Interlocked.Add(ref _bytes, -bytes.Length);
        _counters.CountDropped(bytes.Length);
        blocks?.Dispose();
        version.Release(first, end, epoch);
        return true;
    }

    /// <summary>Has all written that waits.</summary>
    /// <returns>Ends when the writer has nothing left to do.</returns>
    public Task FlushAsync()
    {
        SealAll();
        lock (_gate)
        {
            return _writing;
        }
    }

    /// <summary>Takes nothing more; what waits is written yet.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        _timer.Dispose();
    }

    private bool TryReserve(int bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= MostBytes)
        {
            return true;
        }

        Interlocked.Add(ref _bytes, -bytes);
        return false;
    }

    private bool TryReserveOrEnter(DiskVersion version, int bytes)
    {
        lock (_gate)
        {
            _turnedDown.Add(version);
            return TryReserve(bytes);
        }
    }

    private static PendingBlocks? TryCopy(long first, long end, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return new PendingBlocks(first, end, bytes);
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    private void SealAll() => Seal(TimeSpan.MaxValue, TimeSpan.MaxValue);

    private void SealOld()
    {
        lock (_gate)
        {
            _due = TimeSpan.MaxValue;
        }

        Seal(_clock.Now - Patience, _clock.Now - Delay);
    }

    /// <summary>
    /// Seals the buffers that were begun at a time or before, and has them written, as well as those that were full at a time or before; the
    /// timer looks again for the others.
    /// </summary>
    private void Seal(TimeSpan began, TimeSpan full)
    {
        lock (_gate)
        {
            WriteBuffer[] old = [.. _buffers.Values.Where(buffer => buffer.Began <= began)];
            Array.ForEach(old, Seal_NeedsLock);
            if (old.Length > 0 || (_sealed.Count > 0 && _sealedAt <= full))
            {
                StartWriter_NeedsLock();
            }

            StartTimer_NeedsLock();
        }
    }

    private void Enter_NeedsLock(DiskVersion version, int epoch, PendingBlocks blocks)
    {
        if (_buffers.TryGetValue(version, out WriteBuffer? buffer)
            && (buffer.Epoch != epoch || buffer.Bytes + blocks.Bytes.Length > _packBytes))
        {
            Seal_NeedsLock(buffer);
            buffer = null;
        }

        if (buffer is null)
        {
            buffer = new WriteBuffer(version, epoch, _clock.Now);
            _buffers.Add(version, buffer);
        }

        buffer.Add(blocks);
        if (buffer.Bytes >= _packBytes)
        {
            Seal_NeedsLock(buffer);
        }

        if (_sealed.Count > 0 && Interlocked.Read(ref _bytes) >= MostBytes / 2)
        {
            StartWriter_NeedsLock();
        }

        StartTimer_NeedsLock();
    }

    private void Seal_NeedsLock(WriteBuffer buffer)
    {
        _buffers.Remove(buffer.Version);
        if (_sealed.Count == 0)
        {
            _sealedAt = _clock.Now;
        }

        _sealed.Enqueue(buffer);
    }

    private void StartWriter_NeedsLock()
    {
        if (_isWriting)
        {
            return;
        }

        _isWriting = true;
        using AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();

        // A thread of its own: it waits for the disk, and one of the pool's would be missing to those who read meanwhile.
        try
        {
            _writing = Task.Factory.StartNew(WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (TaskSchedulerException)
        {
            // The system gives no thread.
            _writing = Task.Run(WriteAll);
        }
    }

    private void StartTimer_NeedsLock()
    {
        TimeSpan due = _sealed.Count > 0 && !_isWriting ? _sealedAt + Delay : TimeSpan.MaxValue;

        // An armed timer comes for the oldest, or sooner: only one that is not has to look for it, however many there are.
        foreach (WriteBuffer buffer in _due == TimeSpan.MaxValue ? _buffers.Values.AsEnumerable() : [])
        {
            due = buffer.Began + Patience < due ? buffer.Began + Patience : due;
        }

        if (_isClosed || due >= _due)
        {
            return;
        }

        _due = due;
        TimeSpan left = due - _clock.Now;
        _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void WriteAll()
    {
        while (Next() is { } buffer)
        {
            _writer.Write(buffer);
            Interlocked.Add(ref _bytes, -buffer.Bytes);
            foreach (DiskVersion version in TakeTurnedDown())
            {
                version.Drained?.Invoke();
            }
        }
    }

    /// <summary>Those for whom there is room by now: half of all, or as much as there will be.</summary>
    private DiskVersion[] TakeTurnedDown()
    {
        lock (_gate)
        {
            if (_turnedDown.Count == 0 || (_sealed.Count > 0 && Interlocked.Read(ref _bytes) > MostBytes / 2))
            {
                return [];
            }

            DiskVersion[] versions = [.. _turnedDown];
            _turnedDown.Clear();
            return versions;
        }
    }

    private WriteBuffer? Next()
    {
        lock (_gate)
        {
            _isWriting = _sealed.TryDequeue(out WriteBuffer? buffer);
            return buffer;
        }
    }
}
