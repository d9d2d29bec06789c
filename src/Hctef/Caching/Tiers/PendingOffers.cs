using System.Buffers;

namespace Hctef.Caching.Tiers;

/// <summary>
/// What one tier is yet to be offered of one version: it was turned down for want of room, or it is left in memory for a while
/// (<see cref="BurstDeferral"/>). It is offered from memory, as long as it is there. So a burst that is faster than a disk is kept without
/// being copied twice, and without anybody waiting.
/// </summary>
/// <remarks>
/// The lock guards the ranges and the count of drains, and is not held while memory is copied or the tier is offered anything. Who was
/// turned down and finds that the tier has drained meanwhile offers again: nobody would tell it of room a second time. What is evicted at the
/// moment when it is offered from memory may be lost to the tier: the copy finds it gone, and the evictor finds it taken.
/// </remarks>
/// <param name="cache">The memory.</param>
/// <param name="map">The version's blocks there.</param>
/// <param name="offer">Offers whole blocks; false where the tier has no room.</param>
internal sealed class PendingOffers(BlockCache cache, BlockMap map, Func<long, ReadOnlyMemory<byte>, bool> offer)
{
    /// <summary>More ranges than this are forgotten: they are of reads that are scattered as wide as the file.</summary>
    private const int MostRanges = 4096;
    private const int PieceBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private RangeSet _turnedDown = [];
    private RangeSet _deferred = [];
    private int _drains;
    private volatile bool _hasAny;

    /// <summary>Whether anything is yet to be offered.</summary>
    public bool HasAny => _hasAny;

    private int MostBytes => Math.Max(PieceBytes, cache.BlockBytes);

    /// <summary>How often the tier has told of room: to be read before an offer.</summary>
    public int Drains => Volatile.Read(ref _drains);

    /// <summary>Notes what was turned down.</summary>
    /// <param name="start">The offset of the first byte.</param>
    /// <param name="end">The offset behind the last.</param>
    /// <param name="drains">The <see cref="Drains"/> before the offer; those of now, when it returns.</param>
    /// <returns>False where the tier has drained since: it is to be offered again.</returns>
    public bool TryAdd(long start, long end, ref int drains) => TryAdd(start, end, ref drains, MostRanges);

    /// <summary>Notes what is left in memory for now; false where it would be forgotten.</summary>
    public bool TryDefer(long start, long end)
    {
        lock (_gate)
        {
            return TryAdd_NeedsLock(_deferred, start, end, MostRanges);
        }
    }

    /// <summary>The tier has room: offers what was turned down, until it has none again.</summary>
    public void OnDrained()
    {
        lock (_gate)
        {
            _drains++;
        }

        OfferTurnedDown();
    }

    /// <summary>Memory has evicted blocks: offers what is yet to be offered of them. What the tier has no room for is lost to it.</summary>
    public void OfferEvicted(long start, ReadOnlyMemory<byte> bytes)
    {
        long end = start + bytes.Length;
        bool hasRoom = true;
        while (TryTake(ref _deferred, start, end, out long from, out long to) || TryTake(ref _turnedDown, start, end, out from, out to))
        {
            hasRoom = hasRoom && offer(from, bytes[(int)(from - start)..(int)(to - start)]);
        }
    }

    /// <summary>Offers all that was left in memory: what the tier has no room for at present it gets when it has.</summary>
    public void OfferAllDeferred()
    {
        lock (_gate)
        {
            // In order each goes to the end, however many there are.
            RangeSet all = [];
            foreach ((long start, long end) in _deferred.Concat(_turnedDown).OrderBy(static range => range.Start))
            {
                all.Add(start, end);
            }

            (_turnedDown, _deferred) = (all, []);
        }

        OnDrained();
    }

    /// <summary>Nothing is to be offered any more.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _turnedDown.Remove(0, long.MaxValue);
            _deferred.Remove(0, long.MaxValue);
            _hasAny = false;
        }
    }

    private void OfferTurnedDown()
    {
        byte[]? buffer = null;
        try
        {
            bool hasRoom = true;
            while (hasRoom && TryTake(ref _turnedDown, 0, long.MaxValue, out long from, out long to))
            {
                buffer ??= ArrayPool<byte>.Shared.Rent(MostBytes);
                hasRoom = TryOffer(from, to, buffer);
            }
        }
        catch (OutOfMemoryException)
        {
            // What was taken is lost to the tier. Whoever came by, a timer or a writer, has nothing to do with that.
        }

        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Offers what is there of a piece; false where the tier has no room for the rest, which is noted then.</summary>
    private bool TryOffer(long from, long to, byte[] buffer)
    {
        int drains = Drains;
        while (from < to)
        {
            int copied = cache.Peek(map, from, buffer.AsSpan(0, (int)(to - from)));
            if (copied == 0)
            {
                // This block has gone; those behind it may be there.
                from = cache.OffsetOf(cache.BlockOf(from) + 1);
            }
            else if (offer(from, buffer.AsMemory(0, copied)))
            {
                from += copied;
            }
            else if (TryAdd(from, to, ref drains, int.MaxValue))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes a piece. The set is looked up under the lock: another may have taken its place.</summary>
    private bool TryTake(ref RangeSet ranges, long start, long end, out long from, out long to)
    {
        lock (_gate)
        {
            (from, to) = ranges.FirstIn(start, end);
            to = Math.Min(to, from + MostBytes);
            ranges.Remove(from, to);
            _hasAny = _turnedDown.Count + _deferred.Count > 0;
            return from < to;
        }
    }

    private bool TryAdd(long start, long end, ref int drains, int most)
    {
        lock (_gate)
        {
            if (drains != _drains)
            {
                drains = _drains;
                return false;
            }

            TryAdd_NeedsLock(_turnedDown, start, end, most);
            return true;
        }
    }

    private bool TryAdd_NeedsLock(RangeSet ranges, long start, long end, int most)
    {
        if (_turnedDown.Count + _deferred.Count >= most)
        {
            return false;
        }

        try
        {
            ranges.Add(start, end);
        }
        catch (OutOfMemoryException)
        {
            return false;
        }

        _hasAny = true;
        return true;
    }
}
