using Hctef.Caching;

namespace Hctef.Fetching;

/// <summary>
/// One read that could not be served from ready blocks alone: takes what is ready, sees to what is absent, waits for what is in
/// flight. Driven step by step, alike by the asynchronous and the synchronous side. One thread at a time.
/// </summary>
internal sealed class ReadOperation(RangeSource source, long offset, int length, bool pastCache = false) : IDisposable
{
    private readonly List<BlockFetch> _fetches = [];
    private BlockFetch? _joined;
    private BlockWaiter? _waiter;
    private DirectRead? _direct;
    private int _done;
    private bool _planned;

    /// <summary>Whether the driver awaits the waits, and never blocks on them.</summary>
    public bool IsAwaited { get; init; }

    /// <summary>Whether all bytes have been copied.</summary>
    public bool IsDone => _done == length;

    /// <summary>Reads of more than an eighth of the cache would drive everything else out of it.</summary>
    public static bool IsTooLarge(RangeSource source, long offset, int length) =>
        source.Cache.BlocksFor(offset + length) - source.Cache.BlockOf(offset) > Math.Max(1, source.Cache.Capacity / 8);

    /// <summary>Goes on as far as it can.</summary>
    /// <param name="destination">The whole buffer of the read, the same each time.</param>
    /// <param name="lastVisited">The block that the reader was in last.</param>
    /// <param name="wait">What to wait for before the next step; it never fails.</param>
    /// <returns>True when all is done.</returns>
    /// <exception cref="HctefException">A byte of the read could not be fetched.</exception>
    public bool Advance(Span<byte> destination, ref long lastVisited, out Task wait)
    {
        wait = Task.CompletedTask;
        while (wait.IsCompleted)
        {
            TakeDirect(destination, ref wait);
            if (_direct is null)
            {
                _done += source.Cache.Copy(source.Map, offset + _done, destination[_done..], ref lastVisited, out _);
                FinishWait();
                if (IsDone)
                {
                    return true;
                }

                FindBytes(ref wait);
            }
        }

        return false;
    }

    public void Dispose()
    {
        _direct?.Dispose();
        if (_waiter is not null)
        {
            _joined!.Leave(_waiter, satisfied: false);
        }

        foreach (BlockFetch fetch in _fetches)
        {
            fetch.LoseInterest(satisfied: IsDone);
        }

        _fetches.Clear();
    }

    private void FinishWait()
    {
        if (_waiter is not { } waiter)
        {
            return;
        }

        _waiter = null;
        _joined!.Leave(waiter, satisfied: waiter.Failure is null);
        if (waiter.Failure is not null)
        {
            throw waiter.Failure;
        }
    }

    private void TakeDirect(Span<byte> destination, ref Task wait)
    {
        if (_direct is null)
        {
            return;
        }

        _done += _direct.Take(destination[_done..]);
        if (_direct.Position < _direct.End)
        {
            wait = _direct.WaitAsync();
            return;
        }

        _direct.Dispose();
        _direct = null;
    }

    /// <summary>Sees to it that the next missing byte is on its way, and joins whoever brings it.</summary>
    private void FindBytes(ref Task wait)
    {
        long position = offset + _done;
        long end = offset + length;
        int before = _fetches.Count;
        BlockState state = PlanFor(position, end, out IBlockLoad? load, out long absentEnd);

        // Joined before it starts: a fetch of this read that failed at once would be asked again instead of telling why.
        if (load is BlockFetch fetch && fetch.TryJoin(position, end, pin: true, out BlockWaiter waiter, IsAwaited))
        {
            (_joined, _waiter) = (fetch, waiter);
            wait = waiter.Woken;
        }

        for (int i = before; i < _fetches.Count; i++)
        {
            _fetches[i].StartTransfer();
        }

        if (state == BlockState.Absent)
        {
            _direct = new DirectRead(source, position, absentEnd);
            _direct.Start();
            wait = _direct.WaitAsync();
        }
    }

    private BlockState PlanFor(long position, long end, out IBlockLoad? load, out long absentEnd)
    {
        BlockCache cache = source.Cache;
        long block = cache.BlockOf(position);
        lock (cache.Gate)
        {
            // At the first miss for all of the read: what is absent behind blocks in flight must not wait for them.
            if (!pastCache && (!_planned || IsAbsent(cache.StateOf_NeedsLock(source.Map, block, out load))))
            {
                _planned = true;
                FetchPlanner.Claim_NeedsLock(source, position, end, int.MaxValue, FetchPriority.Demand, _fetches);
            }

            BlockState state = cache.StateOf_NeedsLock(source.Map, block, out load);
            absentEnd = IsAbsent(state) ? FetchPlanner.EndOfAbsent_NeedsLock(source, position, end) : position;
            return IsAbsent(state) ? BlockState.Absent : state;
        }

        static bool IsAbsent(BlockState state) => state is BlockState.Absent or BlockState.Partial;
    }
}
