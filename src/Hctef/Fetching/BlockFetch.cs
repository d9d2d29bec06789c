using Hctef.Caching;

namespace Hctef.Fetching;

/// <summary>
/// Loads neighbouring blocks of one version into the cache. It owns them while they are loading, whoever wanted them; readers join it
/// and are woken as their bytes land. The states and rules are in ARCHITECTURE.md.
/// </summary>
/// <remarks>
/// <see cref="_gate"/> guards what is published, the waiters, the interest and whether the fetch is detached from its blocks. The
/// cache's lock may be taken inside it, never around it. Waiters are woken outside both.
/// </remarks>
internal sealed partial class BlockFetch : IBlockLoad
{
    private readonly Lock _gate = new();
    private readonly RangeSource _source;
    private readonly RangeTransfer _transfer;
    private readonly long _firstBlock;
    private readonly BlockHold? _hold;
    private readonly int _load;
    private readonly bool _startsInsideBlock;
    private readonly List<BlockWaiter> _waiters = [];
    private int[] _slots;
    private long _end;
    private long _filled;
    private int _published;
    private int _interest = 1;
    private bool _detached;

    /// <summary>What was evicted for this fetch, until it has been handed over; no tail is given away before that.</summary>
    private List<Victim>? _victims;

    /// <summary>Waiters that the last bytes have satisfied; the transfer's own.</summary>
    private List<BlockWaiter>? _wokenAtEnd;

    /// <summary>
    /// Claims blocks for a new fetch, whose creator holds the first interest. The caller holds the cache's lock, has found them absent
    /// and has reserved their slots.
    /// </summary>
    /// <param name="source">The version that the blocks are of.</param>
    /// <param name="start">The first byte to bring: a block's start, or inside a block that is then kept as partial.</param>
    /// <param name="slots">A slot for each block from that of <paramref name="start"/> on; -1 where the bytes are not to be kept.</param>
    /// <param name="knownFrom">The offset from which on the last block is filled already; the end of the blocks if it is not.</param>
    /// <param name="priority">Whether a reader waits.</param>
    /// <param name="hold">Whom the blocks are held for, if they are fetched ahead.</param>
    private BlockFetch(RangeSource source, long start, int[] slots, long knownFrom, FetchPriority priority, BlockHold? hold)
    {
        BlockCache cache = source.Cache;
        _source = source;
        _slots = slots;
        _hold = hold;
        _firstBlock = cache.BlockOf(start);
        _startsInsideBlock = start != cache.OffsetOf(_firstBlock);
        _filled = _receiving = _handedTo = start;
        _end = Math.Min(cache.OffsetOf(_firstBlock + slots.Length), source.Length);
        _transfer = new RangeTransfer(source, this, start, Math.Min(knownFrom, _end), priority);
        BytesToAsk = _transfer.End - start;
        _load = cache.AddLoad_NeedsLock(this);
    }

    /// <summary>The offset behind the last byte that the fetch brings; a fetch that takes over its tail moves it forward.</summary>
    public long End => Volatile.Read(ref _end);

    public long Start => _source.Cache.OffsetOf(_firstBlock);

    /// <summary>The bytes that the fetch set out to ask for.</summary>
    public long BytesToAsk { get; }

    /// <summary>The bytes that have not been published.</summary>
    public long BytesMissing
    {
        get
        {
            lock (_gate)
            {
                return Math.Max(0, End - _filled);
            }
        }
    }

    public FetchState State => _transfer.State;

    public static BlockFetch Create_NeedsLock(
        RangeSource source, long start, int[] slots, long knownFrom, FetchPriority priority, BlockHold? hold = null)
    {
        var fetch = new BlockFetch(source, start, slots, knownFrom, priority, hold)
        {
            _victims = source.Cache.TakeVictims_NeedsLock(slots),
        };

        for (int i = fetch._startsInsideBlock ? 1 : 0; i < slots.Length; i++)
        {
            if (slots[i] >= 0)
            {
                source.Cache.Claim_NeedsLock(source.Map, fetch._firstBlock + i, slots[i], fetch._load);
            }
        }

        if (hold is not null)
        {
            source.Cache.Hold_NeedsLock(hold, slots.AsSpan().Length - slots.AsSpan().Count(-1));
        }

        return fetch;
    }

    /// <summary>Whether it was begun to read ahead for a hold.</summary>
    public bool IsFor(BlockHold? hold) => hold is not null && _hold == hold;

    /// <summary>Starts to bring the blocks. Outside the cache's lock.</summary>
    public void StartTransfer(Http.RangeReply? openingReply = null, HostPermit? permit = null)
    {
        if (_victims is { } victims)
        {
            HandOver(victims);

            // From here on the memory is the transfer's, or that of a fetch that takes over the tail.
            Volatile.Write(ref _victims, null);
        }

        _transfer.Start(openingReply, permit);
    }

    /// <summary>A reader waits for it, or will soon.</summary>
    public void Promote() => _transfer.Promote();

    /// <summary>Joins the fetch for bytes that it has not published yet.</summary>
    /// <param name="from">The first byte that is wanted.</param>
    /// <param name="needed">The offset behind the last; what lies behind the fetch's end is left out.</param>
    /// <param name="pin">Whether the blocks are kept from eviction until <see cref="Leave"/>, for the reader to copy them.</param>
    /// <param name="waiter">The wait, for which <see cref="Leave"/> is called in any case.</param>
    /// <param name="awaited">Whether the wait is awaited, never blocked on: then the reader may go on on the transfer's thread.</param>
    /// <returns>False when the fetch has closed or has published the first byte by now: look again.</returns>
    public bool TryJoin(long from, long needed, bool pin, out BlockWaiter waiter, bool awaited = false)
    {
        lock (_gate)
        {
            needed = Math.Min(needed, End);
            if (_detached || _filled >= needed || from >= needed || (pin && _filled > from))
            {
                waiter = null!;
                return false;
            }

            // Nothing from the first byte on is published, so nothing of it can be evicted: this is when pinning is safe.
            int first = pin ? (int)(_source.Cache.BlockOf(from) - _firstBlock) : 0;
            int end = pin ? (int)(_source.Cache.BlocksFor(needed) - _firstBlock) : 0;
            waiter = new BlockWaiter(from, needed, first, end, awaited);
            ForEachPin(waiter, waiter.FirstPin, _source.Cache.Pin);
            _waiters.Add(waiter);
            _interest++;
        }

        if (pin)
        {
            // A reader waits from now on, whatever the bytes were asked for.
            _transfer.Promote();
            _transfer.Hurry();
        }

        return true;
    }

    /// <summary>Gives back a wait's pins and its interest, after the copy, the failure or the cancellation.</summary>
    public void Leave(BlockWaiter waiter, bool satisfied)
    {
        lock (_gate)
        {
            _waiters.Remove(waiter);
            ForEachPin(waiter, waiter.FirstPin, _source.Cache.Unpin);
            waiter.EndPin = waiter.FirstPin;
        }

        LoseInterest(satisfied);
    }

    /// <summary>Whether the bytes before an offset, as far as they are its own, are all there.</summary>
    public bool HasAllBefore(long offset)
    {
        lock (_gate)
        {
            return _filled >= Math.Min(offset, End);
        }
    }

    /// <summary>Somebody else wants all of the fetch; false when it is over.</summary>
    public bool TryGainInterest()
    {
        lock (_gate)
        {
            if (_detached || _published == _slots.Length)
            {
                return false;
            }

            _interest++;
            return true;
        }
    }

    /// <summary>Somebody who wanted the fetch wants it no more. The last one closes it, unless little is missing.</summary>
    public void LoseInterest(bool satisfied)
    {
        List<BlockFetch>? heirs = null;
        bool closes = false;
        lock (_gate)
        {
            if (--_interest == 0)
            {
                closes = !_detached && !IsWorthKeeping(satisfied);
                if (closes)
                {
                    Detach_NeedsLock();
                }
                else if (!_detached && _filled < End)
                {
                    BoundDrain_NeedsLock(satisfied);
                }

                (heirs, _heirs) = (_heirs, null);
            }
        }

        if (closes)
        {
            _transfer.Stop();
        }

        heirs?.ForEach(heir => heir.LoseInterest(satisfied));
    }

    private void HandOver(List<Victim> victims)
    {
        try
        {
            _source.Cache.HandOver(victims);
        }
        catch (OutOfMemoryException)
        {
            // Nobody gets the others. Readers wait for this fetch: it has to start.
        }
    }

    private void ForEachPin(BlockWaiter waiter, int first, Action<int> change)
    {
        for (int i = first; i < waiter.EndPin; i++)
        {
            if (_slots[i] >= 0)
            {
                change(_slots[i]);
            }
        }
    }
}
