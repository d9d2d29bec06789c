using Hctef.Caching;

namespace Hctef.Fetching;

/// <content>Giving the tail to a fetch that brings it sooner.</content>
/// <remarks>
/// Under this fetch's lock, so that nothing is published meanwhile and no memory is handed to a receive, and inside it the cache's: there
/// the cells pass from one load to the other. Their slots go along: no receive owns them, since the boundary lies behind the
/// memory that was handed out last. So a block has one writer, before and after.
/// </remarks>
internal sealed partial class BlockFetch
{
    /// <summary>What the transfer receives next, and how far the memory goes that it was given for it.</summary>
    private long _receiving;
    private long _handedTo;

    /// <summary>Those who took over what followed: who wanted this fetch wants them, until the last one leaves.</summary>
    private List<BlockFetch>? _heirs;

    /// <summary>
    /// Gives the blocks from that of an offset on to a new fetch, if that is expected to bring them sooner. The caller starts it, and
    /// holds an interest in it.
    /// </summary>
    /// <param name="from">The first byte that is wanted.</param>
    /// <param name="needed">The offset behind the last.</param>
    /// <returns>The new fetch, or null when the bytes had better be waited for here.</returns>
    public BlockFetch? TryGiveTail(long from, long needed)
    {
        if (_source.IsDownloaded)
        {
            // Every other reply would begin with the file, too.
            return null;
        }

        BlockFetch heir;
        List<BlockWaiter> elsewhere = [];
        lock (_gate)
        {
            long boundary = _source.Cache.OffsetOf(_source.Cache.BlockOf(from));
            int index = (int)(_source.Cache.BlockOf(from) - _firstBlock);
            if (_detached || Volatile.Read(ref _victims) is not null || boundary >= _end || boundary < _handedTo || index == 0 || _slots[index] < 0
                || !IsWorthIt(boundary - Math.Max(_receiving, _filled), Math.Min(needed, _end) - from))
            {
                return null;
            }

            SendAway(boundary, index, elsewhere);
            heir = TakeOver(boundary, index);
            _source.Network.CountTakeOver();
        }

        Wake(elsewhere);
        return heir;
    }

    /// <summary>Those who took over what followed, and what followed these: each is wanted by the one before it, until that is wanted no more.</summary>
    public IReadOnlyList<BlockFetch> GetHeirs()
    {
        BlockFetch[] heirs;
        lock (_gate)
        {
            heirs = _heirs is null ? [] : [.. _heirs];
        }

        return [.. heirs, .. heirs.SelectMany(static heir => heir.GetHeirs())];
    }

    /// <summary>
    /// The bytes ahead must take more than twice the time of a new request: what is known of the host is a guess. A request that would
    /// first wait for a permit while this one receives is none that brings anything sooner; and a host that asked for time is not asked around.
    /// </summary>
    private bool IsWorthIt(long ahead, long wanted)
    {
        IHostCosts costs = _source.Host.Costs;
        return ahead > 2 * (costs.BytesPerLatency + wanted)
            && State != FetchState.Sleeping
            && (State != FetchState.Open || _source.Host.Gate.Free > 0);
    }

    private BlockFetch TakeOver(long boundary, int index)
    {
        BlockCache cache = _source.Cache;
        BlockFetch heir;
        lock (cache.Gate)
        {
            heir = new BlockFetch(_source, boundary, _slots[index..], _transfer.End, FetchPriority.Demand, _hold);
            if (_interest > 0)
            {
                // Before a cell names it: from then on others join it under its own lock.
                heir._interest++;
                (_heirs ??= []).Add(heir);
            }

            for (int i = index; i < _slots.Length; i++)
            {
                if (_slots[i] >= 0)
                {
                    cache.PassOn_NeedsLock(_source.Map, _firstBlock + i, heir._load);
                }
            }
        }

        _slots = _slots[..index];
        Volatile.Write(ref _end, boundary);
        _transfer.EndAt(boundary);
        return heir;
    }

    /// <summary>
    /// Those who wait for bytes beyond the boundary look again when they have what lies before it, or at once. The boundary lies beyond
    /// what is published, so that publishing the rest wakes the former.
    /// </summary>
    private void SendAway(long boundary, int index, List<BlockWaiter> elsewhere)
    {
        for (int i = _waiters.Count - 1; i >= 0; i--)
        {
            BlockWaiter waiter = _waiters[i];
            if (waiter.Needed <= boundary)
            {
                continue;
            }

            ForEachPin(waiter, Math.Max(index, waiter.FirstPin), _source.Cache.Unpin);
            waiter.EndPin = Math.Max(waiter.FirstPin, Math.Min(index, waiter.EndPin));
            waiter.Needed = Math.Max(boundary, waiter.From);
            if (waiter.From >= boundary)
            {
                _waiters.RemoveAt(i);
                elsewhere.Add(waiter);
            }
        }
    }
}
