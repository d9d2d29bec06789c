namespace Hctef.Caching.Disk;

/// <summary>
/// Which pack has which blocks of a version: sorted, disjoint runs. Of two packs with the same block, the one that was known first has it.
/// Not safe for concurrent use.
/// </summary>
internal sealed class PackIndex
{
    private readonly Dictionary<string, Pack> _packs = new(StringComparer.Ordinal);
    private readonly List<PackRun> _runs = [];

    /// <summary>All blocks that packs have.</summary>
    public RangeSet Held { get; } = new();

    public IReadOnlyCollection<Pack> Packs => _packs.Values;

    public bool Knows(string name) => _packs.ContainsKey(name);

    public void Add(Pack pack)
    {
        if (_packs.TryAdd(pack.Name, pack))
        {
            Enter(pack);
        }
    }

    /// <summary>Drops packs. What others have of their blocks is found there from now on.</summary>
    public void RemoveAll(Predicate<Pack> isGone)
    {
        HashSet<Pack> gone = [.. _packs.Values.Where(pack => isGone(pack))];
        if (gone.Count == 0)
        {
            return;
        }

        foreach (Pack pack in gone)
        {
            _packs.Remove(pack.Name);
        }

        // The runs that stay are in order: each is entered behind the one before, where it moves none.
        _runs.RemoveAll(run => gone.Contains(run.Pack));
        Held.Remove(0, long.MaxValue);
        _runs.ForEach(run => Held.Add(run.First, run.End));
        foreach (Pack pack in _packs.Values)
        {
            Enter(pack);
        }
    }

    /// <summary>The run that a block begins, or lies in.</summary>
    public PackRun? Find(long block)
    {
        int index = FirstEndingBehind(block);
        return index < _runs.Count && _runs[index].First <= block ? _runs[index].From(block) : null;
    }

    private void Enter(Pack pack)
    {
        foreach (PackRange range in pack.Ranges)
        {
            if (Held.Contains(range.First, range.End))
            {
                continue;
            }

            foreach ((long first, long end) in Held.Missing(range.First, range.End).ToArray())
            {
                _runs.Insert(FirstEndingBehind(first), new PackRun(first, end, pack, range.Ordinal + (int)(first - range.First)));
            }

            Held.Add(range.First, range.End);
        }
    }

    private int FirstEndingBehind(long block)
    {
        int low = 0;
        int high = _runs.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_runs[middle].End <= block)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
