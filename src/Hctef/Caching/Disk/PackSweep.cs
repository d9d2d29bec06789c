using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hctef.Caching.Disk;

/// <summary>
/// Looks at all that the folder has, and deletes what is too much: temporary files that nobody can be writing any more, packs that are too
/// old, then those used longest ago. Packs that this process has used since its last sweep get a second chance: they go when all others
/// are gone. It touches files in buckets whose names are those of packs of that bucket, and nothing else; it follows no links.
/// </summary>
/// <remarks>
/// A pack never changes, but for the time of its last use: what was seen of it is remembered, so that only packs that came since the last sweep,
/// and those that are about to go, are looked at one by one. For the writer only, which is one at a time.
/// </remarks>
internal sealed class PackSweep(
    IDiskFiles files, DiskCacheOptions options, DiskClock clock, PackReader reader, Func<HashSet<string>> takeUsed)
{
    // A clock that is wrong makes all packs look old: no sweep deletes more than this part of the cap, or one pack, for their age.
    private const int AgePart = 8;

    private static readonly TimeSpan LongestWrite = TimeSpan.FromMinutes(10);

    private readonly Dictionary<PackName, SeenPack> _packs = [];
    private int _sweep;

    /// <summary>Deletes until the packs take so many bytes at most.</summary>
    /// <returns>What is left, in bytes, temporary files included.</returns>
    public long Run(DiskFolder folder, long most)
    {
        long total = SweepSecrets(folder);
        _sweep++;
        int seen = 0;
        foreach (string bucket in folder.Buckets())
        {
            foreach (string file in files.Names(bucket))
            {
                if (PackName.TryParse(file, out PackName name, out bool isTemporary) && name.IsIn(Path.GetFileName(bucket.AsSpan())))
                {
                    total += isTemporary ? SweepTemporary(Path.Join(bucket, file)) : Look(name, bucket, file, ref seen);
                }
            }
        }

        ForgetUnseen(seen);
        total -= DeleteOld(folder);
        return total - DeleteUnused(folder, total - most);
    }

    private long SweepSecrets(DiskFolder folder) => files.List(folder.Path, FolderSecret.TemporaryPrefix)
        .Where(static entry => entry.Kind == DiskEntryKind.File)
        .Where(entry => !IsAbandoned(entry) || !reader.Delete(Path.Join(folder.Path, entry.Name)))
        .Sum(static entry => entry.Length);

    private bool IsAbandoned(DiskEntry entry) => clock.AgeOf(entry.LastWrite) > LongestWrite;

    /// <summary>Returns the bytes that are left of it.</summary>
    private long SweepTemporary(string path) =>
        Find(path) is { Kind: DiskEntryKind.File } entry && (!IsAbandoned(entry) || !reader.Delete(path)) ? entry.Length : 0;

    /// <summary>Notes a pack; returns its bytes.</summary>
    private long Look(PackName name, string bucket, string file, ref int seen)
    {
        ref SeenPack known = ref CollectionsMarshal.GetValueRefOrNullRef(_packs, name);
        if (!Unsafe.IsNullRef(ref known))
        {
            if (known.Sweep == _sweep)
            {
                // A folder that changes while it is listed may name a file twice.
                return 0;
            }

            known.Sweep = _sweep;
            seen++;
            return known.Length;
        }

        if (Find(Path.Join(bucket, file)) is not { Kind: DiskEntryKind.File } entry)
        {
            return 0;
        }

        _packs.Add(name, new SeenPack(entry.Length, entry.LastWrite) { Sweep = _sweep });
        seen++;
        return entry.Length;
    }

    private void ForgetUnseen(int seen)
    {
        if (seen < _packs.Count)
        {
            foreach (PackName name in _packs.Where(pack => pack.Value.Sweep != _sweep).Select(static pack => pack.Key).ToArray())
            {
                _packs.Remove(name);
            }
        }
    }

    /// <summary>Deletes packs that are too old, so many bytes at most, or one.</summary>
    private long DeleteOld(DiskFolder folder)
    {
        if (options.MaxAge is not { } maxAge)
        {
            return 0;
        }

        long oldest = (clock.Wall - maxAge).ToUnixTimeSeconds();
        long most = options.MaxBytes / AgePart;
        long deleted = 0;
        foreach (PackName name in _packs.Keys.Where(name => name.Created < oldest).OrderBy(static name => name.Created).ToArray())
        {
            if (deleted > 0 && deleted + _packs[name].Length > most)
            {
                break;
            }

            deleted += LookAgain(folder, name) + Delete(folder, name);
        }

        return deleted;
    }

    /// <summary>Deletes packs until so many bytes at least are gone.</summary>
    private long DeleteUnused(DiskFolder folder, long bytes)
    {
        HashSet<PackName> used = TakeUsed();
        if (bytes <= 0)
        {
            return 0;
        }

        DateTimeOffset now = clock.Wall;
        var order = new PriorityQueue<PackName, (bool, DateTimeOffset, long)>(_packs.Keys.Select(name => (name, OrderOf(name))));
        long deleted = 0;
        while (deleted < bytes && order.TryDequeue(out PackName name, out (bool, DateTimeOffset, long) rank))
        {
            // Who else uses the folder may have used it since it was seen.
            deleted += LookAgain(folder, name);
            if (_packs.ContainsKey(name) && OrderOf(name) is var rankNow && rankNow.CompareTo(rank) > 0)
            {
                order.Enqueue(name, rankNow);
            }
            else
            {
                deleted += Delete(folder, name);
            }
        }

        return deleted;

        (bool IsUsed, DateTimeOffset LastUse, long Created) OrderOf(PackName name)
        {
            DateTimeOffset lastUse = _packs[name].LastUse;
            return (used.Contains(name), lastUse < now ? lastUse : now, name.Created);
        }
    }

    /// <summary>Looks once more at a pack that is about to go; what has its name and is no file is left alone, and forgotten.</summary>
    /// <returns>By how many bytes less it is than what was counted.</returns>
    private long LookAgain(DiskFolder folder, PackName name)
    {
        SeenPack known = _packs[name];
        switch (Find(PathOf(folder, name)))
        {
            case { Kind: DiskEntryKind.File } entry:
                _packs[name] = known with { Length = entry.Length, LastUse = entry.LastWrite };
                return known.Length - entry.Length;
            case null:
                return 0;
            default:
                _packs.Remove(name);
                return known.Length;
        }
    }

    /// <summary>What has a name; null also where the system does not say: one file that is damaged must not keep others from being written.</summary>
    private DiskEntry? Find(string path)
    {
        try
        {
            return files.Find(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private HashSet<PackName> TakeUsed()
    {
        HashSet<PackName> used = [];
        foreach (string file in takeUsed())
        {
            if (PackName.TryParse(file, out PackName name, out _))
            {
                used.Add(name);
            }
        }

        return used;
    }

    /// <summary>Deletes a pack that is known still; returns the bytes that are gone by that.</summary>
    private long Delete(DiskFolder folder, PackName name)
    {
        if (!_packs.TryGetValue(name, out SeenPack pack) || !reader.Delete(PathOf(folder, name)))
        {
            return 0;
        }

        _packs.Remove(name);
        return pack.Length;
    }

    private static string PathOf(DiskFolder folder, PackName name) => Path.Join(folder.Path, name.Bucket, name.Pack);
}
