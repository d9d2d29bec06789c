using Hctef.Diagnostics;

namespace Hctef.Caching.Disk;

/// <summary>
/// Collects blocks until they fill a pack, or for five seconds, and has them written by one task, which ends when nothing is left to do.
/// All that waits takes 32 MiB at most; what comes beyond is turned down, and its versions are told when there is room again.
/// </summary>
/// <remarks>
/// The lock guards the buffers (one for each version that has blocks and is not full), the queue of those that are sealed, and whether the
/// writer runs. Who seals a buffer while no writer runs starts one under the same lock; the writer looks for the next and says that it has
/// ended under it, too. So nothing sealed is ever left without a writer. Nothing is copied or written under it. Who finds no room enters
/// his version under the lock and looks for room again; the writer gives room back and then takes the versions under the lock. So one of
/// the two sees the other.
/// </remarks>
internal sealed class WriteBehind : IDisposable
{
    private const long MostBytes = 32 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>When nothing has come for so long, readers rest, and what memory still has is taken from it.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(200);

    /// <summary>How long it is left there at most.</summary>
    private static readonly TimeSpan LongestPutOff = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<DiskVersion, WriteBuffer> _buffers = [];
    private readonly Queue<WriteBuffer> _sealed = new();
    private readonly HashSet<DiskVersion> _turnedDown = [];
    private readonly HashSet<DiskVersion> _putOff = [];
    private readonly PackWriter _writer;
    private readonly DiskClock _clock;
    private readonly TierCounters _counters;
    private readonly int _packBytes;
    private readonly ITimer _timer;
    private readonly ITimer _calm;
    private TimeSpan _putOffSince;
    private TimeSpan _putOffLast;
    private Task _writing = Task.CompletedTask;
    private bool _isWriting;
    private bool _isTimed;
    private bool _isClosed;
    private long _bytes;

    public WriteBehind(PackWriter writer, TimeProvider time, DiskClock clock, TierCounters counters, int packBytes)
    {
        (_writer, _clock, _counters, _packBytes) = (writer, clock, counters, packBytes);

        // The timer must not keep what flows with the first reader.
        using AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _timer = time.CreateTimer(
            static state => ((WriteBehind)state!).SealOld(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _calm = time.CreateTimer(
            static state => ((WriteBehind)state!).TakePutOffWhenCalm(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether something waits to be written.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_gate)
            {
                return _isWriting || _buffers.Count > 0 || _putOff.Count > 0;
            }
        }
    }

    /// <summary>
    /// Leaves in memory what a version would offer, until readers rest: writing beside a burst would take processors and disk from them.
    /// </summary>
    public bool TryPutOff(DiskVersion version)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            _putOffLast = _clock.Now;
            if (_putOff.Count == 0)
            {
                _putOffSince = _putOffLast;
                _calm.Change(Calm, Timeout.InfiniteTimeSpan);
            }

            _putOff.Add(version);
            return true;
        }
    }

    /// <summary>Copies blocks of a version; false where there is no room for them. When closed, it drops them.</summary>
    public bool TryAdd(DiskVersion version, int epoch, long first, long end, ReadOnlySpan<byte> bytes)
    {
        if (!TryReserve(bytes.Length) && !TryReserveOrEnter(version, bytes.Length))
        {
            SealAll();
            return false;
        }

        var blocks = new PendingBlocks(first, end, bytes);
        lock (_gate)
        {
            if (!_isClosed)
            {
                Enter_NeedsLock(version, epoch, blocks);
                return true;
            }
        }

        Interlocked.Add(ref _bytes, -bytes.Length);
        _counters.CountDropped(bytes.Length);
        blocks.Dispose();
        version.Release(first, end, epoch);
        return true;
    }

    /// <summary>Has all written that waits.</summary>
    /// <returns>Ends when the writer has nothing left to do.</returns>
    public Task FlushAsync()
    {
        TakePutOff();
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
        _calm.Dispose();
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
            // Memory gives no more time, then: the oldest of what was put off goes next.
            _turnedDown.UnionWith(_putOff);
            _putOff.Clear();
            _turnedDown.Add(version);
            return TryReserve(bytes);
        }
    }

    private void TakePutOffWhenCalm()
    {
        lock (_gate)
        {
            TimeSpan now = _clock.Now;
            TimeSpan left = _putOffLast + Calm - now;
            if (_putOff.Count > 0 && left > TimeSpan.Zero && now - _putOffSince < LongestPutOff)
            {
                _calm.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        TakePutOff();
    }

    private void TakePutOff()
    {
        DiskVersion[] versions;
        lock (_gate)
        {
            versions = [.. _putOff];
            _putOff.Clear();
        }

        foreach (DiskVersion version in versions)
        {
            version.Drained?.Invoke();
        }
    }

    private void SealAll() => Seal(TimeSpan.MaxValue);

    private void SealOld()
    {
        lock (_gate)
        {
            _isTimed = false;
        }

        Seal(_clock.Now - Patience);
    }

    /// <summary>Seals the buffers that were begun at a time or before, and has the timer look again for those that stay.</summary>
    private void Seal(TimeSpan began)
    {
        lock (_gate)
        {
            foreach (WriteBuffer buffer in _buffers.Values.Where(buffer => buffer.Began <= began).ToArray())
            {
                Seal_NeedsLock(buffer);
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

        if (_putOff.Count > 0)
        {
            // Memory has no more to spare: the oldest of what was put off would be the first to leave it.
            _putOffSince = _clock.Now - LongestPutOff;
            _calm.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        StartTimer_NeedsLock();
    }

    private void Seal_NeedsLock(WriteBuffer buffer)
    {
        _buffers.Remove(buffer.Version);
        _sealed.Enqueue(buffer);
        if (_isWriting)
        {
            return;
        }

        _isWriting = true;
        using AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _writing = Task.Run(WriteAll);
    }

    private void StartTimer_NeedsLock()
    {
        if (_isTimed || _isClosed || _buffers.Count == 0)
        {
            return;
        }

        TimeSpan due = _buffers.Values.Min(static buffer => buffer.Began) + Patience - _clock.Now;
        _isTimed = _timer.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
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
