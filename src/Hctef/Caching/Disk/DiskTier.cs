using System.Security.Cryptography;
using Hctef.Caching.Tiers;
using Hctef.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Hctef.Caching.Disk;

/// <summary>
/// The tier on this machine's disk: immutable packs in a folder that any number of processes share without locks. The lock guards the
/// table of versions, which holds none alive: who has a version open does, and what waits to be written.
/// </summary>
internal sealed class DiskTier : IBlockTier
{
    private static readonly TimeSpan LongestClosing = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<VersionIdentity, WeakReference<DiskVersion>> _versions = [];
    private readonly DiskCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly DiskStore _store;
    private int _pruneAt = 64;
    private int _isClosed;
    private int _isPreparing;

    public DiskTier(DiskCacheOptions options, int blockBytes, TimeProvider time, ILogger logger)
        : this(options, blockBytes, time, logger, new DiskFiles(), HMACSHA256.HashData)
    {
    }

    internal DiskTier(DiskCacheOptions options, int blockBytes, TimeProvider time, ILogger logger, IDiskFiles files, KeyedHash hash)
    {
        (_options, _time) = (options, time);
        _store = new DiskStore(options, blockBytes, time, logger, files, hash, TakeUsed);
    }

    public string Name => "disk";

    public TierCounters Counters => _store.Counters;

    /// <summary>Opens the folder, if it was not, while the origin is asked: the first read need not wait for that.</summary>
    public void Prepare()
    {
        if (_store.Access.IsInDoubt && _store.Health.MayRead && Interlocked.Exchange(ref _isPreparing, 1) == 0)
        {
            _ = PrepareAsync();
        }
    }

    public ITierVersion? Open(VersionIdentity identity)
    {
        if (_store.Health.IsOff || Volatile.Read(ref _isClosed) != 0 || (identity.IsByDate && !_options.AcceptStrongDates))
        {
            return null;
        }

        lock (_gate)
        {
            if (_versions.TryGetValue(identity, out WeakReference<DiskVersion>? known) && known.TryGetTarget(out DiskVersion? version))
            {
                return version;
            }

            if (_versions.Count >= _pruneAt)
            {
                Prune_NeedsLock();
            }

            version = new DiskVersion(identity, _store);
            _versions[identity] = new WeakReference<DiskVersion>(version);
            return version;
        }
    }

    public async ValueTask EvictAsync(string cacheKey, CancellationToken cancellationToken)
    {
        // First what this process knows: from here on nothing of it is read or written.
        VersionsOf(cacheKey).ForEach(static version => version.Forget());
        if (!_store.Health.IsOff)
        {
            await _store.Reads.RunAsync<object>(() => DeleteAll(cacheKey), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Has all written that waits for more.</summary>
    /// <returns>Ends when nothing is left to be written.</returns>
    internal Task FlushAsync() => _store.Writes.FlushAsync();

    /// <summary>Writes what waits to be written, and waits for that, ten seconds at most.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return;
        }

        try
        {
            await CloseAsync().WaitAsync(LongestClosing, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A disk that does not answer. When it does, the writer ends the pack that it is at, and drops the others.
        }

        _store.Dispose();
    }

    /// <summary>As <see cref="DisposeAsync"/>, and blocks this thread meanwhile.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return;
        }

        // VSTHRD002 (synchronous waits may deadlock): the writer has a thread of its own and takes no lock of its caller's.
#pragma warning disable VSTHRD002
        Task.Run(CloseAsync).Wait(LongestClosing);
#pragma warning restore VSTHRD002
        _store.Dispose();
    }

    private async Task PrepareAsync()
    {
        await _store.Reads.RunAsync(_store.Access.Open, CancellationToken.None).ConfigureAwait(false);
        Volatile.Write(ref _isPreparing, 0);
    }

    /// <summary>Has written what waits, and what there was no room for before.</summary>
    private async Task CloseAsync()
    {
        do
        {
            await FlushAsync().ConfigureAwait(false);
        }
        while (_store.Writes.IsWaiting);
    }

    private void Prune_NeedsLock()
    {
        foreach ((VersionIdentity identity, WeakReference<DiskVersion> version) in _versions.ToArray())
        {
            if (!version.TryGetTarget(out _))
            {
                _versions.Remove(identity);
            }
        }

        _pruneAt = Math.Max(_pruneAt, 2 * _versions.Count);
    }

    private List<DiskVersion> Versions()
    {
        var versions = new List<DiskVersion>();
        lock (_gate)
        {
            foreach (WeakReference<DiskVersion> known in _versions.Values)
            {
                if (known.TryGetTarget(out DiskVersion? version))
                {
                    versions.Add(version);
                }
            }
        }

        return versions;
    }

    private List<DiskVersion> VersionsOf(string cacheKey) => Versions().FindAll(version => version.Identity.CacheKey == cacheKey);

    private HashSet<string> TakeUsed() => [.. Versions().SelectMany(static version => version.TakeUsed())];

    private object? DeleteAll(string cacheKey)
    {
        DiskFolder folder = _store.Access.Open();
        string fileKey = VersionKeys.FileKeyOf(cacheKey, folder.Secret, _store.Hash);
        bool isGone = true;
        foreach (DiskEntry entry in folder.ListBucket(fileKey + "-"))
        {
            if (PackName.TryParse(entry.Name, out _, out bool isTemporary) && !isTemporary)
            {
                isGone &= _store.Reader.Delete(Path.Join(folder.BucketOf(fileKey), entry.Name));
            }
        }

        // A reader may have listed the folder meanwhile: a pack that it has open could be read for as long as it stays open.
        VersionsOf(cacheKey).ForEach(static version => version.ForgetPacks());
        return isGone ? null : throw new IOException("a file that was evicted cannot be deleted");
    }
}
