using Hctef.Caching;

namespace Hctef.Benchmarks.HitRatios;

/// <summary>
/// The block cache itself, with reading ahead of the scan as a window does it: on a miss, and on entering a block that nobody had read,
/// what the reader has passed is no longer held for it, and the next blocks are brought and held, by half a window at a time.
/// </summary>
internal sealed class BlockCachePolicy : ICachePolicy
{
    private const int BlockBytes = 512;

    private readonly BlockCache _cache;
    private readonly BlockMap _map;
    private readonly int _ahead;
    private BlockHold? _hold;
    private long _passed;
    private long _edge;
    private long _lastScanned = -1;

    public BlockCachePolicy(int capacity, int ahead)
    {
        _cache = new BlockCache((long)capacity * (BlockBytes + BlockCache.OverheadBytes), BlockBytes);
        _map = _cache.CreateMap();
        _ahead = ahead;
    }

    public bool Read(long block, bool entered)
    {
        long lastVisited = -1;
        return Visit(block, ref lastVisited, out _);
    }

    public bool Scan(long block, bool entered)
    {
        if (block < _lastScanned)
            StartAgain();
        bool hit = Visit(block, ref _lastScanned, out bool touched);
        if (!hit || touched)
            Advance(block);
        return hit;
    }

    private bool Visit(long block, ref long lastVisited, out bool touched)
    {
        Span<byte> read = stackalloc byte[1];
        if (_cache.Copy(_map, _cache.OffsetOf(block), read, ref lastVisited, out touched) == 1)
            return true;
        lock (_cache.Gate)
            Bring(block, block + 1, hold: null);
        _cache.Copy(_map, _cache.OffsetOf(block), read, ref lastVisited, out touched);
        return false;
    }

    /// <summary>The scan goes back to its start: what was held for it is given up.</summary>
    private void StartAgain()
    {
        if (_hold is not null)
            _cache.ReleaseHold(_hold);
        _hold = null;
    }

    private void Advance(long block)
    {
        lock (_cache.Gate)
        {
            if (_hold is null || _hold.IsReleased)
            {
                _hold = _cache.CreateHold_NeedsLock(block, backward: false);
                (_passed, _edge) = (block, block + 1);
            }

            _cache.MoveHold_NeedsLock(_hold, block, _map, _passed, block);
            _passed = block;
            _edge = Math.Max(_edge, block + 1);
            long last = Math.Min(block + 1 + _ahead, HitTrace.ScanEnd);
            int step = _ahead / 2;
            while (_edge < last && (_edge + step <= last || last == HitTrace.ScanEnd))
            {
                int wanted = (int)Math.Min(step, last - _edge);
                int granted = _cache.GrantAhead_NeedsLock(_hold, wanted);
                if (granted < (wanted + 1) / 2)
                    return;
                _edge = Bring(_edge, _edge + granted, _hold);
                if (granted < wanted)
                    return;
            }
        }
    }

    /// <summary>Loads what is absent, each block by a load of its own that is over at once; as far as memory goes.</summary>
    private long Bring(long first, long end, BlockHold? hold)
    {
        Span<int> slots = stackalloc int[1];
        for (long block = first; block < end; block++)
        {
            if (_cache.StateOf_NeedsLock(_map, block, out _) != BlockState.Absent)
                continue;
            if (_cache.Reserve_NeedsLock(slots, forGuess: hold is not null) == 0)
                return block;
            _cache.Claim_NeedsLock(_map, block, slots[0], load: 0);
            if (hold is not null)
                _cache.Hold_NeedsLock(hold, 1);
            _cache.Publish(slots[0]);
            _cache.Admit(slots, hold);
        }

        return end;
    }
}
