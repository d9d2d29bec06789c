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

    /// <summary>Whether all bytes have been copied.</summary>
    public bool IsDone => _done == length;

    /// <summary>Reads of more than an eighth of the cache would drive everything else out of it.</summary>
    public static bool IsTooLarge(RangeSource source, long offset, int length) =>
        source.Cache.BlocksFor(offset + length) - source.Cache.BlockOf(offset) > Math.Max(1, source.Cache.Capacity / 8);

    /// <summary>Goes on as far as it can.</summary>
    /// <param name="destination">The whole buffer of the read, the same each time.</param>
    /// <param name="lastVisited">The block that the reader was in last.</param>
    /// <returns>What to wait for before the next step, which always succeeds; null when all is done.</returns>
    /// <exception cref="HctefException">A byte of the read could not be fetched.</exception>
    public Task? Advance(Span<byte> destination, ref long lastVisited)
    {
        while (true)
        {
            if (_direct is not null)
            {
                _done += _direct.Take(destination[_done..]);
                if (_direct.Position < _direct.End)
                {
                    return _direct.WaitAsync();
                }

                _direct.Dispose();
                _direct = null;
            }

            _done += source.Cache.Copy(source.Map, offset + _done, destination[_done..], ref lastVisited);
            FinishWait();
            if (IsDone)
            {
                return null;
            }

            if (FindBytes() is { } wait)
            {
                return wait;
            }
        }
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

    private Task? FindBytes()
    {
        long position = offset + _done;
        long end = offset + length;
        int before = _fetches.Count;
        long directEnd = 0;
        BlockState state;
        IBlockLoad? load;
        lock (source.Cache.Gate)
        {
            if (!pastCache && source.Cache.StateOf_NeedsLock(source.Map, source.Cache.BlockOf(position), out _) is BlockState.Absent or BlockState.Partial)
            {
                FetchPlanner.Claim_NeedsLock(source, position, end, int.MaxValue, FetchPriority.Demand, _fetches);
            }

            state = source.Cache.StateOf_NeedsLock(source.Map, source.Cache.BlockOf(position), out load);
            if (state is BlockState.Absent or BlockState.Partial)
            {
                directEnd = FetchPlanner.EndOfAbsent_NeedsLock(source, position, end);
            }
        }

        for (int i = before; i < _fetches.Count; i++)
        {
            _fetches[i].StartTransfer();
        }

        if (load is BlockFetch fetch)
        {
            if (fetch.TryJoin(position, end, pin: true, out BlockWaiter waiter))
            {
                (_joined, _waiter) = (fetch, waiter);
                return waiter.Woken;
            }
        }
        else if (state != BlockState.Ready)
        {
            _direct = new DirectRead(source, position, directEnd);
            _direct.Start();
            return _direct.WaitAsync();
        }

        return null;
    }
}
