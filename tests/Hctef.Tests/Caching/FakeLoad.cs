using Hctef.Caching;

namespace Hctef.Tests.Caching;

/// <summary>
/// Loads neighbouring blocks by the rules of a fetch, without a network: slots are reserved and claimed under the cache's lock, what
/// they had is handed over before they are written to, blocks
/// are published in order under the load's own lock and admitted after it, pins are taken only before, and the slots of blocks that
/// were given up are released last.
/// </summary>
internal sealed class FakeLoad : IBlockLoad
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private readonly BlockCache _cache;
    private readonly BlockMap _map;
    private readonly long _first;
    private readonly int[] _slots;
    private readonly int[] _missing;
    private readonly BlockHold? _hold;
    private readonly int _number;
    private int _published;
    private bool _detached;

    private FakeLoad(BlockCache cache, BlockMap map, long first, int[] slots, int[] missing, BlockHold? hold)
    {
        (_cache, _map, _first, _slots, _missing, _hold) = (cache, map, first, slots, missing, hold);
        _number = cache.AddLoad_NeedsLock(this);
        for (int i = 0; i < slots.Length; i++)
        {
            cache.Claim_NeedsLock(map, first + i, slots[i], _number);
        }

        if (hold is not null)
        {
            cache.Hold_NeedsLock(hold, slots.Length);
        }
    }

    public long End => _cache.OffsetOf(_first + _slots.Length);

    public ReadOnlySpan<int> Slots => _slots;

    /// <summary>Claims the absent and partial blocks from one on; null when that one is neither, or there is no memory.</summary>
    public static FakeLoad? TryStart(BlockCache cache, BlockMap map, long first, int most, BlockHold? hold = null)
    {
        FakeLoad? load;
        List<Victim>? victims;
        lock (cache.Gate)
        {
            var slots = new List<int>();
            var missing = new List<int>();
            while (slots.Count < most && TryTake(cache, map, first + slots.Count, out int slot, out int filledFrom))
            {
                slots.Add(slot);
                missing.Add(filledFrom);
            }

            victims = cache.TakeVictims_NeedsLock([.. slots]);
            load = slots.Count == 0 ? null : new FakeLoad(cache, map, first, [.. slots], [.. missing], hold);
        }

        if (victims is not null)
        {
            cache.HandOver(victims);
        }

        return load;
    }

    /// <summary>Brings the blocks before an index, and publishes them.</summary>
    /// <param name="end">The index.</param>
    /// <param name="offer">Called when they are published and cannot be evicted yet.</param>
    public void Publish(int end, Action? offer = null)
    {
        int start = _published;
        for (int i = start; i < end; i++)
        {
            Span<byte> block = _cache.Run(_slots.AsSpan(i), most: 1).Span;
            BlockContent.Fill(block[.._missing[i]], _map.Id, _cache.OffsetOf(_first + i));
        }

        PublishUnfilled(end);
        offer?.Invoke();
        _cache.Admit(_slots.AsSpan(start, end - start), _hold);
    }

    /// <summary>Publishes without filling and without handing the blocks to the eviction queues.</summary>
    public void PublishUnfilled(int end)
    {
        lock (_gate)
        {
            for (int i = _published; i < end; i++)
            {
                _cache.Publish(_slots[i]);
            }

            _published = end;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Pins a block that is not published yet.</summary>
    public bool TryPin(long block, out int slot)
    {
        lock (_gate)
        {
            int index = (int)(block - _first);
            slot = index >= 0 && index < _slots.Length ? _slots[index] : -1;
            if (slot < 0 || _detached || index < _published)
            {
                return false;
            }

            _cache.Pin(slot);
            return true;
        }
    }

    /// <summary>Waits until a pinned block is ready; false when the load gave it up.</summary>
    public bool WaitFor(long block)
    {
        lock (_gate)
        {
            while (block - _first >= _published && !_detached)
            {
                Assert.True(Monitor.Wait(_gate, HangGuard), "Who loads has failed.");
            }

            return block - _first < _published;
        }
    }

    /// <summary>Gives up what is not published.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            _detached = true;
            Monitor.PulseAll(_gate);
            _cache.Abandon(_map, _first + _published, _first + _slots.Length, _number);
        }

        _cache.Release(_slots.AsSpan(_published), _hold);
        _cache.RemoveLoad(_number);
    }

    private static bool TryTake(BlockCache cache, BlockMap map, long block, out int slot, out int filledFrom)
    {
        filledFrom = cache.BlockBytes;
        Span<int> slots = [-1];
        switch (cache.StateOf_NeedsLock(map, block, out _))
        {
            case BlockState.Partial:
                slots[0] = cache.TakePartial_NeedsLock(map, block, out filledFrom);
                break;
            case BlockState.Absent:
                _ = cache.Reserve_NeedsLock(slots);
                break;
        }

        slot = slots[0];
        return slot >= 0;
    }
}
