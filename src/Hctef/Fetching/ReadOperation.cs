using Hctef.Caching;
using Hctef.Diagnostics;

namespace Hctef.Fetching;

/// <summary>
/// One read that could not be served from ready blocks alone: takes what is ready, sees to what is absent, waits for what is in
/// flight. Driven step by step, alike by the asynchronous and the synchronous side. One thread at a time.
/// </summary>
/// <param name="source">What is read.</param>
/// <param name="offset">Where the read starts.</param>
/// <param name="length">Its bytes.</param>
/// <param name="pastCache">Whether it goes past the cache.</param>
/// <param name="wantEnd">How far to ask where the read's own bytes are missing; nobody waits for what lies behind the read.</param>
internal sealed class ReadOperation(RangeSource source, long offset, int length, bool pastCache = false, long wantEnd = 0) : IDisposable
{
    private readonly List<BlockFetch> _fetches = [];
    private BlockFetch? _joined;
    private BlockWaiter? _waiter;
    private DirectRead? _direct;
    private int _done;
    private long _blocksReady = -1;
    private long _blocksAsked;

    /// <summary>How far it is planned: everything before was ready, in flight or asked. At first nothing is.</summary>
    private long _plannedTo;

    /// <summary>What the read has started to fetch, and gives up when it is disposed.</summary>
    public IReadOnlyList<BlockFetch> Fetches => _fetches;

    /// <summary>Whether the driver awaits the waits, and never blocks on them.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Whether all bytes have been copied.</summary>
    public bool IsDone => _done == length;

    /// <summary>Where the blocks of the read, which is done, came from.</summary>
    public BlockReads Blocks
    {
        get
        {
            long blocks = source.Cache.BlocksOf(offset, length);

            // A block that was lost before its copy has been asked for twice.
            long asked = Math.Min(_blocksAsked, blocks - _blocksReady);
            return new BlockReads(_blocksReady, asked, blocks - _blocksReady - asked);
        }
    }

    /// <summary>Reads of more than an eighth of the cache would drive everything else out of it.</summary>
    public static bool IsTooLarge(RangeSource source, long offset, int length) =>
        !source.IsDownloaded &&
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
                CountReady();
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

    /// <summary>What the first look finds in memory.</summary>
    private void CountReady()
    {
        if (_blocksReady < 0)
        {
            _blocksReady = IsDone ? source.Cache.BlocksOf(offset, length) : source.Cache.BlockOf(offset + _done) - source.Cache.BlockOf(offset);
        }
    }

    private void CountAsked(long start, long end) =>
        _blocksAsked += Math.Max(0, source.Cache.BlocksFor(Math.Min(end, offset + length)) - source.Cache.BlockOf(Math.Max(start, offset)));

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
        int started = _fetches.Count;
        long planned = Math.Max(end, wantEnd);
        BlockState state = PlanFor(position, planned, out IBlockLoad? load);

        // Joined before it starts: a fetch of this read that failed at once would be asked again instead of telling why.
        if (load is BlockFetch fetch && Join(fetch, position, end) is { } waiter)
        {
            wait = waiter.Woken;
        }

        StartFrom(started);
        PlanRest(planned);
        if (state == BlockState.Absent)
        {
            _direct = new DirectRead(source, position, FetchPlanner.EndOfAbsent(source, position, end), keeps: true);
            CountAsked(position, _direct.End);
            _direct.Start();
            wait = _direct.WaitAsync();
        }
    }

    private BlockWaiter? Join(BlockFetch fetch, long position, long end)
    {
        if (fetch.TryGiveTail(position, end) is { } sooner)
        {
            _fetches.Add(sooner);
            fetch = sooner;
        }

        if (!fetch.TryJoin(position, end, pin: true, out BlockWaiter waiter, IsAwaited))
        {
            return null;
        }

        (_joined, _waiter) = (fetch, waiter);
        return waiter;
    }

    private BlockState PlanFor(long position, long end, out IBlockLoad? load)
    {
        BlockCache cache = source.Cache;
        long block = cache.BlockOf(position);
        lock (cache.Gate)
        {
            if (!pastCache && (_plannedTo <= position || IsAbsent(cache.StateOf_NeedsLock(source.Map, block, out load))))
            {
                _plannedTo = position;
                PlanNext_NeedsLock(end);
            }

            BlockState state = cache.StateOf_NeedsLock(source.Map, block, out load);
            return IsAbsent(state) ? BlockState.Absent : state;
        }

        static bool IsAbsent(BlockState state) => state is BlockState.Absent or BlockState.Partial;
    }

    /// <summary>The first miss plans all of the read: what is absent behind blocks in flight must not wait for them.</summary>
    private void PlanRest(long end)
    {
        while (!pastCache && _plannedTo < end)
        {
            int started = _fetches.Count;
            lock (source.Cache.Gate)
            {
                PlanNext_NeedsLock(end);
            }

            StartFrom(started);
        }
    }

    private void PlanNext_NeedsLock(long end)
    {
        BlockCache cache = source.Cache;
        long stop = Math.Min(end, cache.OffsetOf(cache.BlockOf(_plannedTo) + FetchPlanner.MostBlocksAtOnce));
        bool all = FetchPlanner.Claim_NeedsLock(source, _plannedTo, stop, int.MaxValue, FetchPriority.Demand, _fetches);

        // Without memory the rest is planned when the read gets there.
        _plannedTo = all ? stop : end;
    }

    private void StartFrom(int first)
    {
        for (int i = first; i < _fetches.Count; i++)
        {
            CountAsked(_fetches[i].Start, _fetches[i].End);
            _fetches[i].StartTransfer();
        }
    }
}
