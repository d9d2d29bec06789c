using System.Buffers;

namespace Hctef.Caching.Tiers;

/// <summary>
/// What one tier had no room for when it came, or put off: offered again from memory, as long as it is there. So a burst that is faster than
/// a disk is kept without being copied twice, and without anybody waiting.
/// </summary>
/// <remarks>
/// The lock guards the ranges and the count of drains, and is not held while memory is copied or the tier is offered anything. Who was
/// turned down and finds that the tier has drained meanwhile offers again: nobody would tell it of room a second time.
/// </remarks>
internal sealed class TurnedDown(BlockCache cache, BlockMap map)
{
    /// <summary>More ranges than this are forgotten: they are of reads that are scattered as wide as the file.</summary>
    private const int MostRanges = 4096;
    private const int PieceBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private RangeSet? _ranges;
    private int _drains;

    /// <summary>How often the tier has told of room: to be read before an offer.</summary>
    public int Drains => Volatile.Read(ref _drains);

    /// <summary>Whether another range would be remembered.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate)
            {
                return _ranges is not { Count: >= MostRanges };
            }
        }
    }

    /// <summary>Notes what was turned down.</summary>
    /// <param name="start">The offset of the first byte.</param>
    /// <param name="end">The offset behind the last.</param>
    /// <param name="drains">The <see cref="Drains"/> before the offer; those of now, when it returns.</param>
    /// <returns>False where the tier has drained since: it is to be offered again.</returns>
    public bool TryAdd(long start, long end, ref int drains)
    {
        lock (_gate)
        {
            if (drains != _drains)
            {
                drains = _drains;
                return false;
            }

            Add_NeedsLock(start, end);
            return true;
        }
    }

    /// <summary>The tier has room: offers what is in memory still, until it has none again.</summary>
    /// <param name="offer">Offers whole blocks; false where there is no room.</param>
    public void OnDrained(Func<long, ReadOnlyMemory<byte>, bool> offer)
    {
        int drains = Interlocked.Increment(ref _drains);
        byte[]? buffer = null;
        while (TryTake(out long start, out long end))
        {
            buffer ??= ArrayPool<byte>.Shared.Rent(Math.Max(PieceBytes, cache.BlockBytes));
            int copied = cache.Peek(map, start, buffer.AsSpan(0, (int)(end - start)));
            bool isTaken = copied == 0 || offer(start, buffer.AsMemory(0, copied));
            if (!isTaken && TryAdd(start, end, ref drains))
            {
                break;
            }

            // A block that has gone is left out; those behind it may be there.
            Add(isTaken ? cache.OffsetOf(cache.BlockOf(start + copied) + 1) : start, end);
        }

        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Add(long start, long end)
    {
        lock (_gate)
        {
            Add_NeedsLock(start, end);
        }
    }

    private void Add_NeedsLock(long start, long end)
    {
        _ranges ??= [];
        if (_ranges.Count < MostRanges)
        {
            _ranges.Add(start, end);
        }
    }

    private bool TryTake(out long start, out long end)
    {
        lock (_gate)
        {
            (start, end) = (0, 0);
            if (_ranges is not { Count: > 0 })
            {
                return false;
            }

            (start, end) = _ranges.First();
            end = Math.Min(end, start + Math.Max(PieceBytes, cache.BlockBytes));
            _ranges.Remove(start, end);
            return true;
        }
    }
}
