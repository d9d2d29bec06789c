namespace Hctef.Caching.Disk;

/// <summary>
/// Looks at all that the folder has, and deletes what is too much: temporary files that nobody can be writing any more, packs that are too
/// old, then those used longest ago. Packs that this process has used since its last sweep get a second chance: they go when all others
/// are gone. It touches files in buckets whose names are those of packs of that bucket, and nothing else; it follows no links.
/// </summary>
internal sealed class PackSweep(
    IDiskFiles files, DiskCacheOptions options, DiskClock clock, PackReader reader, Func<HashSet<string>> takeUsed)
{
    // A clock that is wrong makes all packs look old: no sweep deletes more than this part of the cap, or one pack, for their age.
    private const int AgePart = 8;

    private static readonly TimeSpan LongestWrite = TimeSpan.FromMinutes(10);

    /// <summary>Deletes until the packs take so many bytes at most.</summary>
    /// <returns>What is left, in bytes, temporary files included.</returns>
    public long Run(DiskFolder folder, long most)
    {
        long total = SweepSecrets(folder);
        var packs = new List<(string Path, PackName Name, DiskEntry Entry)>();
        foreach (string bucket in folder.Buckets())
        {
            foreach (DiskEntry entry in files.List(bucket, ""))
            {
                if (entry.Kind != DiskEntryKind.File
                    || !PackName.TryParse(entry.Name, out PackName name, out bool isTemporary)
                    || !bucket.EndsWith(name.FileKey[..2], StringComparison.Ordinal))
                {
                    continue;
                }

                string path = Path.Join(bucket, entry.Name);
                if (!isTemporary)
                {
                    packs.Add((path, name, entry));
                    total += entry.Length;
                }
                else if (!IsAbandoned(entry) || !reader.Delete(path))
                {
                    total += entry.Length;
                }
            }
        }

        total -= DeleteOld(packs);
        return total - DeleteUnused(packs, total - most);
    }

    private long SweepSecrets(DiskFolder folder) => files.List(folder.Path, FolderSecret.TemporaryPrefix)
        .Where(static entry => entry.Kind == DiskEntryKind.File)
        .Where(entry => !IsAbandoned(entry) || !reader.Delete(Path.Join(folder.Path, entry.Name)))
        .Sum(static entry => entry.Length);

    private bool IsAbandoned(DiskEntry entry) => clock.AgeOf(entry.LastWrite) > LongestWrite;

    private long DeleteOld(List<(string Path, PackName Name, DiskEntry Entry)> packs)
    {
        if (options.MaxAge is not { } maxAge)
        {
            return 0;
        }

        long oldest = (clock.Wall - maxAge).ToUnixTimeSeconds();
        return Delete(
            packs,
            [.. packs.Where(pack => pack.Name.Created < oldest).OrderBy(static pack => pack.Name.Created)],
            options.MaxBytes / AgePart,
            atMost: true);
    }

    private long DeleteUnused(List<(string Path, PackName Name, DiskEntry Entry)> packs, long bytes)
    {
        HashSet<string> used = takeUsed();
        if (bytes <= 0)
        {
            return 0;
        }

        DateTimeOffset now = clock.Wall;
        return Delete(
            packs,
            [
                .. packs
                    .OrderBy(pack => used.Contains(pack.Entry.Name))
                    .ThenBy(pack => pack.Entry.LastWrite < now ? pack.Entry.LastWrite : now)
                    .ThenBy(static pack => pack.Name.Created),
            ],
            bytes,
            atMost: false);
    }

    /// <summary>Deletes in this order: as many bytes at most (but one pack), or at least.</summary>
    private long Delete(
        List<(string Path, PackName Name, DiskEntry Entry)> packs,
        List<(string Path, PackName Name, DiskEntry Entry)> order,
        long bytes,
        bool atMost)
    {
        long deleted = 0;
        var gone = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string path, _, DiskEntry entry) in order)
        {
            if (atMost ? deleted > 0 && deleted + entry.Length > bytes : deleted >= bytes)
            {
                break;
            }

            if (reader.Delete(path))
            {
                gone.Add(path);
                deleted += entry.Length;
            }
        }

        packs.RemoveAll(pack => gone.Contains(pack.Path));
        return deleted;
    }
}
