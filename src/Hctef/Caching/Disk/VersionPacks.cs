using Hctef.Caching.Tiers;

namespace Hctef.Caching.Disk;

/// <summary>
/// What is known of the packs of one version in one folder. The lock guards the index and the names beside it; it is never held while the
/// disk is asked. What it tells may have been deleted since by anybody: who reads finds out.
/// </summary>
internal sealed class VersionPacks(DiskFolder folder, VersionKeys keys, PackReader reader, DiskClock clock)
{
    private static readonly TimeSpan BetweenListings = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly PackIndex _index = new();

    // Names in the folder that are of no use: of other formats or versions, too old, or unreadable.
    private readonly HashSet<string> _ignored = new(StringComparer.Ordinal);
    private TimeSpan? _listed;

    // How often all was forgotten: what a listing that began before has found is not believed.
    private int _evictions;

    public DiskFolder Folder => folder;

    public VersionKeys Keys => keys;

    public bool IsListed
    {
        get
        {
            lock (_gate)
            {
                return _listed is not null;
            }
        }
    }

    /// <summary>Whether so much time has passed that others may have written packs.</summary>
    public bool IsListingDue
    {
        get
        {
            lock (_gate)
            {
                return _listed is not { } listed || clock.Now - listed >= BetweenListings;
            }
        }
    }

    /// <summary>Learns which packs there are.</summary>
    public void List()
    {
        HashSet<string> before;
        int evictions;
        lock (_gate)
        {
            evictions = _evictions;
            before = [.. _index.Packs.Select(static pack => pack.Name)];
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (DiskEntry entry in folder.ListBucket(keys.Prefix))
        {
            if (PackName.TryParse(entry.Name, out PackName name, out bool isTemporary) && !isTemporary)
            {
                names.Add(entry.Name);
                Learn(name, entry.LastWrite, evictions);
            }
        }

        // What was written while the folder was listed may not be in the list.
        Forget(pack => before.Contains(pack.Name) && !names.Contains(pack.Name));
        lock (_gate)
        {
            _ignored.IntersectWith(names);
            _listed = evictions == _evictions ? clock.Now : null;
        }
    }

    public void Add(Pack pack)
    {
        lock (_gate)
        {
            _index.Add(pack);
        }
    }

    public bool Holds(long offset) => Find(offset / keys.BlockBytes) is not null;

    /// <summary>The runs of blocks that no pack has.</summary>
    public List<(long First, long End)> Missing(long first, long end)
    {
        lock (_gate)
        {
            return [.. _index.Held.Missing(first, end)];
        }
    }

    /// <inheritdoc cref="ITierVersion.FindHeld"/>
    public long FindHeld(long start, long end, long least)
    {
        long from = start;
        List<(long First, long End)> missing = Missing(start / keys.BlockBytes, ((end - 1) / keys.BlockBytes) + 1);
        foreach ((long first, long behind) in missing.Append((keys.Blocks, keys.Blocks)))
        {
            long to = Math.Min(end, keys.OffsetOf(first));
            if (to > from && (to - from >= least || to == end))
            {
                return from;
            }

            from = Math.Max(from, keys.OffsetOf(behind));
        }

        return end;
    }

    /// <summary>Reads what one pack has from an offset on.</summary>
    public TierRun? Read(long start, long end)
    {
        if (Find(start / keys.BlockBytes) is not { } found)
        {
            return null;
        }

        TierRun? run = null;
        try
        {
            run = reader.Read(found, keys, start, end);
        }
        finally
        {
            if (run is null)
            {
                Ignore([found.Pack]);
            }
        }

        return run;
    }

    /// <summary>The names of the packs that were used since this was asked last.</summary>
    public IEnumerable<string> TakeUsed()
    {
        lock (_gate)
        {
            return [.. _index.Packs.Where(static pack => pack.TakeUsed()).Select(static pack => pack.Name)];
        }
    }

    /// <summary>Forgets packs, and closes them.</summary>
    public void Forget(Predicate<Pack> isGone)
    {
        Pack[] gone;
        lock (_gate)
        {
            gone = [.. _index.Packs.Where(pack => isGone(pack))];
            _index.RemoveAll(isGone);
        }

        Array.ForEach(gone, pack => reader.Close(pack.Path));
    }

    /// <summary>Forgets all packs, and what a listing under way finds; the next reader lists the folder anew.</summary>
    public void ForgetAll()
    {
        lock (_gate)
        {
            _evictions++;
            _listed = null;
        }

        Forget(static _ => true);
    }

    private void Learn(PackName name, DateTimeOffset lastWrite, int evictions)
    {
        lock (_gate)
        {
            if (_index.Knows(name.Pack) || _ignored.Contains(name.Pack))
            {
                return;
            }
        }

        Pack? pack = reader.Discover(folder.BucketOf(keys.FileKey), name, lastWrite, keys);
        lock (_gate)
        {
            if (pack is null)
            {
                _ignored.Add(name.Pack);
            }
            else if (evictions == _evictions)
            {
                _index.Add(pack);
            }
        }
    }

    private PackRun? Find(long block)
    {
        lock (_gate)
        {
            PackRun? found = _index.Find(block);
            if (found is null || found.Value.Pack.Expires > clock.Now)
            {
                return found;
            }
        }

        // At once: each time all that there are are looked through.
        Ignore(Expired());
        lock (_gate)
        {
            return _index.Find(block);
        }
    }

    private HashSet<Pack> Expired()
    {
        lock (_gate)
        {
            return [.. _index.Packs.Where(pack => pack.Expires <= clock.Now)];
        }
    }

    private void Ignore(HashSet<Pack> packs)
    {
        lock (_gate)
        {
            _ignored.UnionWith(packs.Select(static pack => pack.Name));
        }

        Forget(packs.Contains);
    }
}
