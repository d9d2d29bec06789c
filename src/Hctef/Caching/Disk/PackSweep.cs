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
        files.Find(path) is { Kind: DiskEntryKind.File } entry && (!IsAbandoned(entry) || !reader.Delete(path)) ? entry.Length : 0;

    /// <summary>Notes a pack; returns its bytes.</summary>
    private long Look(PackName name, string bucket, string file, ref int seen)
    {
        ref SeenPack known = ref CollectionsMarshal.GetValueRefOrNullRef(_packs, name);
        if (!Unsafe.IsNullRef(ref known))
        {
            known.Sweep = _sweep;
            seen++;
            return known.Length;
        }

        if (files.Find(Path.Join(bucket, file)) is not { Kind: DiskEntryKind.File } entry)
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

            deleted += Delete(folder, name);
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
            LookAgain(folder, name);
            (bool, DateTimeOffset, long) rankNow = OrderOf(name);
            if (rankNow.CompareTo(rank) > 0)
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

    private void LookAgain(DiskFolder folder, PackName name)
    {
        if (files.Find(PathOf(folder, name)) is { Kind: DiskEntryKind.File } entry)
        {
            _packs[name] = new SeenPack(entry.Length, entry.LastWrite);
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

    /// <summary>Returns the bytes that are gone by that.</summary>
    private long Delete(DiskFolder folder, PackName name)
    {
        if (!reader.Delete(PathOf(folder, name)))
        {
            return 0;
        }

        _packs.Remove(name, out SeenPack pack);
        return pack.Length;
    }

    private static string PathOf(DiskFolder folder, PackName name) => Path.Join(folder.Path, name.Bucket, name.Pack);
}
