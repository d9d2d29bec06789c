using System.Buffers;

namespace Hctef.Caching.Tiers;

/// <summary>
/// What one tier had no room for when it came: offered again from memory, as long as it is there. So a burst that is faster than a disk is
/// kept without being copied twice, and without anybody waiting.
/// </summary>
/// <remarks>The lock guards the ranges, and is not held while memory is copied or the tier is offered anything.</remarks>
internal sealed class TurnedDown(BlockCache cache, BlockMap map)
{
    /// <summary>More ranges than this are forgotten: they are of reads that are scattered as wide as the file.</summary>
    private const int MostRanges = 4096;
    private const int PieceBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private RangeSet? _ranges;

    public void Add(long start, long end)
    {
        lock (_gate)
        {
            _ranges ??= [];
            if (_ranges.Count < MostRanges)
            {
                _ranges.Add(start, end);
            }
        }
    }

    /// <summary>Offers what is in memory still, until the tier has no room again.</summary>
    /// <param name="offer">Offers whole blocks; false where there is no room.</param>
    public void OfferAgain(Func<long, ReadOnlyMemory<byte>, bool> offer)
    {
        byte[]? buffer = null;
        while (TryTake(out long start, out long end))
        {
            buffer ??= ArrayPool<byte>.Shared.Rent(Math.Max(PieceBytes, cache.BlockBytes));
            int copied = cache.Peek(map, start, buffer.AsSpan(0, (int)(end - start)));
            if (copied > 0 && !offer(start, buffer.AsMemory(0, copied)))
            {
                Add(start, end);
                break;
            }

            if (start + copied < end)
            {
                // This block has gone; those behind it may be there.
                Add(cache.OffsetOf(cache.BlockOf(start + copied) + 1), end);
            }
        }

        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
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
