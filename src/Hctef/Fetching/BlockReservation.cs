using Hctef.Caching;

namespace Hctef.Fetching;

/// <summary>
/// Memory for a run of blocks that is about to be asked: a slot for each, taken one after the other so that neighbours lie side by side;
/// -1 for blocks within the run that are cached or in flight already. Under the cache's lock until it has become fetches.
/// </summary>
internal sealed class BlockReservation
{
    private readonly RangeSource _source;
    private readonly BlockHold? _hold;
    private int[] _slots;
    private long _first;

    /// <summary>From where on the last block is filled; where it ends if it is not.</summary>
    private long _knownFrom;

    private BlockReservation(RangeSource source, long first, int[] slots, long knownFrom, BlockHold? hold)
    {
        (_source, _first, _slots, _knownFrom, _hold) = (source, first, slots, knownFrom, hold);
        Claimed = slots.Length;
    }

    /// <summary>The blocks of the run that got memory, from the first on.</summary>
    public int Claimed { get; }

    /// <summary>Takes memory for as many blocks of a run as there is some for; what is fetched ahead takes none from others.</summary>
    public static BlockReservation Take_NeedsLock(RangeSource source, long first, int count, BlockHold? hold)
    {
        int[] slots = new int[count];
        int got = Reserve(source, first, slots, isGuess: hold is not null, out long knownFrom);
        return new BlockReservation(source, first, got < count ? slots[..got] : slots, knownFrom, hold);
    }

    /// <summary>
    /// Adds absent neighbours up to the minimum of a request, to the right first, then to the left; and in both directions what makes the
    /// chunks whole that it begins and ends in, where a tier keeps chunks.
    /// </summary>
    public void Grow_NeedsLock()
    {
        BlockCache cache = _source.Cache;
        long blocks = (_source.MinimumRequestBytes + cache.BlockBytes - 1L) / cache.BlockBytes;
        long chunk = _source.ChunkBlocks;
        long end = _first + _slots.Length;
        long wantedEnd = Math.Min(_source.Blocks, Math.Max(_first + blocks, (end + chunk - 1) / chunk * chunk));
        long grownEnd = end;
        while (grownEnd < wantedEnd && AbsentRuns.IsAbsent_NeedsLock(_source, grownEnd))
        {
            grownEnd++;
        }

        long wantedStart = Math.Max(0, Math.Min(grownEnd - blocks, _first / chunk * chunk));
        long grownStart = _first;
        while (grownStart > wantedStart && AbsentRuns.IsAbsent_NeedsLock(_source, grownStart - 1))
        {
            grownStart--;
        }

        if (GrowRight((int)(grownEnd - end)))
        {
            GrowLeft((int)(_first - grownStart));
        }
    }

    /// <summary>Claims the blocks, piece by piece, for new fetches.</summary>
    public void Claim_NeedsLock(long pieceBytes, FetchPriority priority, List<BlockFetch> fetches)
    {
        BlockCache cache = _source.Cache;
        foreach (BlockRun piece in PieceSplit.Split(new BlockRun(0, _slots.Length), pieceBytes, cache.BlockBytes))
        {
            (int first, int end) = ((int)piece.First, (int)piece.End);
            while (first < end && _slots[first] < 0)
            {
                first++;
            }

            while (first < end && _slots[end - 1] < 0)
            {
                end--;
            }

            if (first < end)
            {
                long knownFrom = end == _slots.Length ? _knownFrom : long.MaxValue;
                int[] slots = first == 0 && end == _slots.Length ? _slots : _slots[first..end];
                fetches.Add(BlockFetch.Create_NeedsLock(_source, cache.OffsetOf(_first + first), slots, knownFrom, priority, _hold));
            }
        }
    }

    private bool GrowRight(int count)
    {
        int[] right = new int[count];
        int got = Reserve(_source, _first + _slots.Length, right, _hold is not null, out long knownFrom);
        if (got > 0)
        {
            _knownFrom = knownFrom;
            _slots = [.. _slots, .. right.AsSpan(0, got)];
        }

        return got == count;
    }

    private void GrowLeft(int count)
    {
        int[] left = new int[count];
        int got = Reserve(_source, _first - count, left, _hold is not null, out _);
        if (got == count)
        {
            _slots = [.. left, .. _slots];
            _first -= count;
        }
        else
        {
            _source.Cache.Release(left.AsSpan(0, got));
        }
    }

    /// <summary>Takes a slot for each absent block, as far as memory goes; a partial block brings its own.</summary>
    private static int Reserve(RangeSource source, long first, Span<int> slots, bool isGuess, out long knownFrom)
    {
        BlockCache cache = source.Cache;
        int got = 0;
        knownFrom = cache.OffsetOf(first);
        while (got < slots.Length)
        {
            long block = first + got;
            BlockState state = cache.StateOf_NeedsLock(source.Map, block, out _);
            knownFrom = cache.OffsetOf(block + 1);
            if (state == BlockState.Partial)
            {
                slots[got] = cache.TakePartial_NeedsLock(source.Map, block, out int filledFrom);
                knownFrom = cache.OffsetOf(block) + filledFrom;
            }
            else if (state != BlockState.Absent)
            {
                slots[got] = -1;
            }
            else if (cache.Reserve_NeedsLock(slots.Slice(got, 1), forGuess: isGuess) == 0)
            {
                knownFrom = cache.OffsetOf(block);
                break;
            }

            got++;
        }

        return got;
    }
}
