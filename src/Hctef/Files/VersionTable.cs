using System.Runtime.CompilerServices;
using Hctef.Caching;
using Hctef.Caching.Tiers;
using Hctef.Http;

namespace Hctef.Files;

/// <summary>
/// The versions whose blocks are shared: by cache key, then by partition. A version stays while it is open or has blocks; a newer one
/// takes its place, and the old one's blocks are dropped with its last opener.
/// </summary>
/// <remarks>Its lock guards both tables and the versions' counts; the cache's lock is taken inside it.</remarks>
internal sealed class VersionTable(BlockCache cache, BlockTiers? tiers = null)
{
    private const int SmallestSweep = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<FileVersion>> _versions = new(StringComparer.Ordinal);

    /// <summary>The versions that are open and that no opening finds, with their keys; weakly, so that a file that nobody has closed can go.</summary>
    private readonly ConditionalWeakTable<FileVersion, string> _alone = [];
    private int _sweepAt = SmallestSweep;

    /// <summary>Whether blocks of some version are held under a key, so that opening it again need not bring any.</summary>
    public bool HasBlocks(string cacheKey)
    {
        lock (_gate)
        {
            return _versions.TryGetValue(cacheKey, out List<FileVersion>? versions) && versions.Exists(static version => !version.Map.IsEmpty);
        }
    }

    /// <summary>Opens the version that a reply carries.</summary>
    /// <param name="cacheKey">The key of the file.</param>
    /// <param name="partition">Who shares it; null for this opener alone.</param>
    /// <param name="representation">The version.</param>
    /// <param name="immutable">Whether the caller vouches that there is no other.</param>
    /// <param name="keeps">Whether its blocks, once here, are to stay until its last opener has gone.</param>
    public FileVersion Acquire(string cacheKey, string? partition, Representation representation, bool immutable, bool keeps)
    {
        FileVersion version = Acquire(cacheKey, partition, representation, immutable);
        if (keeps)
        {
            lock (_gate)
            {
                version.Kept ??= cache.CreateKept();
            }
        }

        return version;
    }

    /// <summary>
    /// Lets no further opening find a version, for as long as it is open. Where it has one opener, tiers get no more of what is in memory.
    /// </summary>
    /// <returns>Whether it has one opener; that is who asks, if it has not released the version by then.</returns>
    public bool Withdraw(FileVersion version)
    {
        lock (_gate)
        {
            Withdraw_NeedsLock(version);
            if (version.Openers != 1)
            {
                return false;
            }

            version.Tiers?.StopFilling();
            return true;
        }
    }

    public void Release(FileVersion version)
    {
        lock (_gate)
        {
            version.Openers--;
            if (version is { Openers: 0, Kept: not null })
            {
                // A part of it would be worth nothing to a later opening, which has to download all of it again.
                Withdraw_NeedsLock(version);
            }

            DropIfUnused_NeedsLock(version);
        }
    }

    /// <summary>
    /// Lets no further opening find any version of a file, and frees their blocks. Those that are open stay readable: what they need again
    /// is fetched again, and goes to no tier.
    /// </summary>
    public void Evict(string cacheKey)
    {
        foreach (FileVersion version in WithdrawAll(cacheKey))
        {
            // Without the table's lock: one that is opened meanwhile is another version, and one that closes meanwhile is dropped.
            version.Tiers?.WaitForOffers();
            cache.Free(version.Map);
        }
    }

    /// <summary>Lets no further opening find any version of a file, and closes them to tiers.</summary>
    /// <returns>Those versions: what fetches one may be under way still, also when nobody has it open.</returns>
    private List<FileVersion> WithdrawAll(string cacheKey)
    {
        lock (_gate)
        {
            List<FileVersion> known = [.. _alone.Where(known => known.Value == cacheKey).Select(static known => known.Key)];
            if (_versions.Remove(cacheKey, out List<FileVersion>? shared))
            {
                known.AddRange(shared);
                foreach (FileVersion version in shared)
                {
                    version.SharedAs = null;
                    _alone.Add(version, cacheKey);
                    DropIfUnused_NeedsLock(version);
                }
            }

            known.ForEach(static version => version.Tiers?.Close());
            return known;
        }
    }

    private FileVersion Acquire(string cacheKey, string? partition, Representation representation, bool immutable)
    {
        if (partition is null || !FileVersion.CanBeShared(representation, immutable))
        {
            return AcquireAlone(cacheKey, new FileVersion(partition ?? "", representation, immutable, cache.CreateMap()));
        }

        lock (_gate)
        {
            if (!_versions.TryGetValue(cacheKey, out List<FileVersion>? versions))
            {
                SweepIfDue_NeedsLock();
                _versions.Add(cacheKey, versions = []);
            }

            if (versions.Find(known => known.Partition == partition) is { } version)
            {
                if (version.IsSameAs(representation, immutable))
                {
                    version.Openers++;
                    return version;
                }

                Withdraw_NeedsLock(version);
                DropIfUnused_NeedsLock(version);
            }

            BlockMap map = cache.CreateMap();
            var opened = new FileVersion(partition, representation, immutable, map)
            {
                SharedAs = cacheKey,
                Tiers = tiers?.Open(FileVersion.Identify(cacheKey, partition, representation, immutable), map),
            };
            versions.Add(opened);
            return opened;
        }
    }

    private FileVersion AcquireAlone(string cacheKey, FileVersion version)
    {
        lock (_gate)
        {
            _alone.Add(version, cacheKey);
            return version;
        }
    }

    private void Withdraw_NeedsLock(FileVersion version)
    {
        if (version.SharedAs is { } key)
        {
            _versions[key].Remove(version);
            _alone.Add(version, key);
            version.SharedAs = null;
        }
    }

    private void DropIfUnused_NeedsLock(FileVersion version)
    {
        if (version is { Openers: 0, SharedAs: null })
        {
            _alone.Remove(version);
            EndOffers(version);
            cache.Drop(version.Map);
            if (version.Kept is { } kept)
            {
                cache.ReleaseHold(kept);
            }
        }
    }

    /// <summary>
    /// Before a version is forgotten: an eviction of its file, which would not find it, must not be followed by an offer of it.
    /// </summary>
    private static void EndOffers(FileVersion version)
    {
        version.Tiers?.Close();
        version.Tiers?.WaitForOffers();
    }

    /// <summary>
    /// Forgets closed versions whose blocks were all evicted, and are not on their way to a tier. Each costs the openings since the last
    /// sweep one step.
    /// </summary>
    private void SweepIfDue_NeedsLock()
    {
        if (_versions.Count < _sweepAt)
        {
            return;
        }

        foreach ((string key, List<FileVersion> versions) in _versions)
        {
            foreach (FileVersion version in versions.FindAll(
                static version => version is { Openers: 0, Map.IsEmpty: true, Tiers: not { AreWanted: true } }))
            {
                EndOffers(version);
                versions.Remove(version);
            }

            if (versions.Count == 0)
            {
                _versions.Remove(key);
            }
        }

        _sweepAt = Math.Max(SmallestSweep, _versions.Count * 2);
    }
}
