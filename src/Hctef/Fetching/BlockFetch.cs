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
    /// <summary>An abandoned fetch that misses no more than this runs on: the connection is worth more.</summary>
    public const int DrainBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly RangeSource _source;
    private readonly RangeTransfer _transfer;
    private readonly long _firstBlock;
    private readonly int[] _slots;
    private readonly int _load;
    private readonly bool _startsInsideBlock;
    private readonly List<BlockWaiter> _waiters = [];
    private long _filled;
    private int _published;
    private int _interest = 1;
    private bool _detached;

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
    private BlockFetch(RangeSource source, long start, int[] slots, long knownFrom, FetchPriority priority)
    {
        BlockCache cache = source.Cache;
        _source = source;
        _slots = slots;
        _firstBlock = cache.BlockOf(start);
        _startsInsideBlock = start != cache.OffsetOf(_firstBlock);
        _filled = start;
        End = Math.Min(cache.OffsetOf(_firstBlock + slots.Length), source.Length);
        _transfer = new RangeTransfer(source, this, start, Math.Min(knownFrom, End), priority);
        _load = cache.AddLoad_NeedsLock(this);
        for (int i = _startsInsideBlock ? 1 : 0; i < slots.Length; i++)
        {
            if (slots[i] >= 0)
            {
                cache.Claim_NeedsLock(source.Map, _firstBlock + i, slots[i], _load);
            }
        }
    }

    public long End { get; }

    public long Start => _source.Cache.OffsetOf(_firstBlock);

    /// <summary>The bytes that the fetch set out to ask for.</summary>
    public long BytesToAsk => _transfer.End - _transfer.First;

    public FetchState State => _transfer.State;

    public static BlockFetch Create_NeedsLock(RangeSource source, long start, int[] slots, long knownFrom, FetchPriority priority) =>
        new(source, start, slots, knownFrom, priority);

    public void StartTransfer(Http.RangeReply? openingReply = null, HostPermit? permit = null) => _transfer.Start(openingReply, permit);

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
            if (_detached || _filled >= needed || (pin && _filled > from))
            {
                waiter = null!;
                return false;
            }

            // Nothing from the first byte on is published, so nothing of it can be evicted: this is when pinning is safe.
            int first = pin ? (int)(_source.Cache.BlockOf(from) - _firstBlock) : 0;
            int end = pin ? (int)(_source.Cache.BlocksFor(needed) - _firstBlock) : 0;
            waiter = new BlockWaiter(needed, first, end, awaited);
            ForEachPin(waiter, _source.Cache.Pin);
            _waiters.Add(waiter);
            _interest++;
            return true;
        }
    }

    /// <summary>Gives back a wait's pins and its interest, after the copy, the failure or the cancellation.</summary>
    public void Leave(BlockWaiter waiter, bool satisfied)
    {
        lock (_gate)
        {
            _waiters.Remove(waiter);
            ForEachPin(waiter, _source.Cache.Unpin);
            waiter.EndPin = waiter.FirstPin;
        }

        LoseInterest(satisfied);
    }

    /// <summary>Somebody who wanted the fetch wants it no more. The last one closes it, unless little is missing.</summary>
    public void LoseInterest(bool satisfied)
    {
        lock (_gate)
        {
            // What a satisfied reader leaves over was asked to make the request worth its while: that much is kept.
            long worthKeeping = satisfied ? Math.Max(DrainBytes, _source.MinimumRequestBytes) : DrainBytes;
            if (--_interest > 0 || _detached || End - _filled <= worthKeeping)
            {
                return;
            }

            Detach_NeedsLock();
        }

        _transfer.Stop();
    }

    private void Detach_NeedsLock()
    {
        _detached = true;
        _source.Cache.Abandon(_source.Map, _firstBlock + _published, _firstBlock + _slots.Length, _load);
    }

    private void ForEachPin(BlockWaiter waiter, Action<int> change)
    {
        for (int i = waiter.FirstPin; i < waiter.EndPin; i++)
        {
            if (_slots[i] >= 0)
            {
                change(_slots[i]);
            }
        }
    }
}
