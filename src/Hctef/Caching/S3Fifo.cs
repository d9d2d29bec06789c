namespace Hctef.Caching;

/// <summary>
/// Which block gives way. S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi: "FIFO queues are all you need for cache eviction", SOSP 2023):
/// <list type="number">
/// <item>New blocks enter a small queue, a tenth of the pool; those that were evicted lately enter the main queue.</item>
/// <item>At the small queue's head, a block that was visited again moves to the main queue; any other is evicted and its
/// fingerprint remembered.</item>
/// <item>At the main queue's head, a block that was visited goes around once more for each of up to three visits.</item>
/// </list>
/// A visit is counted once when a reader enters a block (<see cref="BlockVisits"/>): without that, a scan in small reads would look
/// hot. Constant time: amortised, and no eviction sends more than <see cref="MostChances"/> blocks around, so that a large cache that
/// is hot all over does not hold its lock for long. Under the cache's lock.
/// </summary>
internal sealed class S3Fifo
{
    public const int MostChances = 256;

    private readonly BlockPool _pool;
    private readonly EvictionQueue _small;
    private readonly EvictionQueue _main;
    private readonly GhostTable _ghost;
    private readonly int _smallTarget;

    public S3Fifo(BlockPool pool)
    {
        _pool = pool;
        _small = new EvictionQueue(pool);
        _main = new EvictionQueue(pool);
        _smallTarget = Math.Max(1, pool.Capacity / 10);
        _ghost = new GhostTable(pool.Capacity - _smallTarget);
    }

    public int Count => _small.Count + _main.Count;

    /// <summary>Takes in a block, with the visits that it has had since it was claimed.</summary>
    public void Admit(int slot) => (_ghost.Remove(KeyOf(slot)) ? _main : _small).Push(slot);

    /// <summary>Takes the block that gives way out of its queue.</summary>
    /// <returns>False when every block is pinned.</returns>
    public bool TryEvict(out int slot)
    {
        int chances = MostChances;
        int pinnedInSmall = 0;
        int pinnedInMain = 0;
        while (true)
        {
            // A queue that was gone through and held nothing but pinned blocks has none to give.
            bool smallHas = pinnedInSmall < _small.Count;
            bool mainHas = pinnedInMain < _main.Count;
            if (!smallHas && !mainHas)
            {
                slot = -1;
                return false;
            }

            bool fromSmall = smallHas && (_small.Count > _smallTarget || !mainHas);
            EvictionQueue queue = fromSmall ? _small : _main;
            ref int pinned = ref fromSmall ? ref pinnedInSmall : ref pinnedInMain;
            slot = queue.Pop();
            if (Volatile.Read(ref _pool.Slot(slot).Pins) != 0)
            {
                pinned++;
                queue.Push(slot);
            }
            else if (TryGiveChance(slot, fromSmall, ref chances))
            {
                pinned = 0;
            }
            else
            {
                return true;
            }
        }
    }

    /// <summary>Sends a block that was visited to the main queue's end.</summary>
    private bool TryGiveChance(int slot, bool fromSmall, ref int chances)
    {
        ref byte visits = ref _pool.Visits(slot);
        int count = BlockVisits.CountOf(visits);
        if (count > 0 && --chances >= 0)
        {
            visits = (byte)(fromSmall ? 0 : count - 1);
            _main.Push(slot);
            return true;
        }

        if (fromSmall)
        {
            _ghost.Add(KeyOf(slot));
        }

        return false;
    }

    private ulong KeyOf(int slot)
    {
        ref BlockSlot entry = ref _pool.Slot(slot);
        ulong mixed = ((ulong)entry.Block * 0x9E3779B97F4A7C15) + ((ulong)(uint)entry.Leaf!.Map.Id * 0xC2B2AE3D27D4EB4F);
        mixed ^= mixed >> 29;
        mixed *= 0xBF58476D1CE4E5B9;
        return mixed ^ (mixed >> 32);
    }
}
