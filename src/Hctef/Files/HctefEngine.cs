using System.Diagnostics;
using Hctef.Caching;
using Hctef.Caching.Distributed;
using Hctef.Caching.Tiers;
using Hctef.Diagnostics;
using Hctef.Fetching;
using Hctef.Http;
using Hctef.Options;
using Microsoft.Extensions.Logging;

namespace Hctef.Files;

/// <summary>What the files of one registration share: the cache, the hosts and the way to the network. A singleton.</summary>
internal sealed class HctefEngine : IMeasuredRegistration, IAsyncDisposable, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private int _isDisposed;

    public HctefEngine(
        string name,
        string clientName,
        HctefOptions options,
        IHttpClientFactory clients,
        TimeProvider time,
        ILoggerFactory loggers,
        HctefMetrics metrics,
        ClientHandlers? clientHandlers = null,
        IReadOnlyList<IBlockTier>? tiers = null)
    {
        Name = name;
        Cache = new BlockCache(options.Cache.MemoryBytes ?? HctefDefaults.MemoryBytes, options.Cache.BlockBytes);
        Tiers = new BlockTiers(tiers ?? [], Cache, time);
        MeasuredTiers = [.. Tiers.All.Select(static tier => new MeasuredTier(tier.Name, tier.Counters))];
        SharedVersions = Tiers.All.OfType<DistributedTier>().SingleOrDefault()?.Versions;
        Versions = new VersionTable(Cache, Tiers);
        Hosts = new HostTable(options.Transport.MaxConcurrencyPerHost, time, options.Retry.MaxRetries);
        Egress = EgressPolicy.Create(options.Egress);
        Network = new RangeNetwork(
            clientName,
            clients,
            options.Transport,
            options.Retry,
            time,
            new CarefulLogger(loggers.CreateLogger(nameof(Hctef))),
            metrics,
            _stopping.Token,
            clientHandlers);
        metrics.Add(this);
    }

    public string Name { get; }

    public CounterTotals Totals { get; } = new();

    public long CacheUsage => Cache.UsedBytes;

    public long CacheLimit => (long)Cache.Capacity * Cache.BlockBytes;

    public long CacheEvictions => Cache.Evictions;

    public IReadOnlyList<MeasuredTier> MeasuredTiers { get; }

    public BlockCache Cache { get; }

    /// <summary>What lies below the memory.</summary>
    public BlockTiers Tiers { get; }

    /// <summary>What machines tell each other of files; null where nothing is shared with others.</summary>
    public SharedVersions? SharedVersions { get; }

    public VersionTable Versions { get; }

    public HostTable Hosts { get; }

    public RangeNetwork Network { get; }

    /// <summary>What the egress guard allows; null while it is off. Its handler asks it again at each request.</summary>
    public EgressPolicy? Egress { get; }

    /// <summary>Opens a file; the caller disposes it.</summary>
    public async Task<IHctefFile> OpenAsync(Uri uri, ResolvedFileOptions options, CancellationToken cancellationToken)
    {
        // One for all versions that the file has while it is open.
        var counters = new FileCounters(Totals);
        RemoteFile file = await OpenVersionAsync(uri, options, counters, asksOrigin: false, cancellationToken).ConfigureAwait(false);
        return options.OnChange == ChangePolicy.Reopen ? new ReopeningRemoteFile(file, ReopenAsync) : file;

        async Task<RemoteFile> ReopenAsync(CancellationToken cancellation)
        {
            RemoteFile reopened = await OpenVersionAsync(uri, options, counters, asksOrigin: true, cancellation).ConfigureAwait(false);
            Log.Reopened(Network.Logger, RedactedUrl.Of(uri), reopened.Info.Length, reopened.Info.Consistency);
            return reopened;
        }
    }

    /// <summary>Drops what is kept under keys of files, in memory and in the tiers below it.</summary>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public async Task EvictAsync(IReadOnlyCollection<string> cacheKeys, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, typeof(IRangeReaderFactory));
        cancellationToken.ThrowIfCancellationRequested();
        foreach (string key in cacheKeys)
        {
            // Memory first, so that what is on its way there goes down no more; and again, for versions that were opened meanwhile and
            // have read from a tier.
            Versions.Evict(key);
            await Tiers.EvictAsync(key, cancellationToken).ConfigureAwait(false);
            Versions.Evict(key);
        }
    }

    /// <summary>Stops everything under way; readers who wait are failed. Then the tiers write what they have yet to write.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Network.Metrics.Remove(this);
            _stopping.Cancel();
            Tiers.Dispose();
        }
    }

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Network.Metrics.Remove(this);
            await _stopping.CancelAsync().ConfigureAwait(false);
            await Tiers.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<RemoteFile> OpenVersionAsync(
        Uri uri, ResolvedFileOptions options, FileCounters counters, bool asksOrigin, CancellationToken cancellationToken)
    {
        Activity? activity = null;
        try
        {
            Tiers.Prepare();
            var opening = new FileOpening(this, uri, options, counters);
            activity = HctefActivities.StartOpen(opening.RedactedUrl, Hosts.Get(uri).Tags);
            RemoteFile file = await opening.OpenAsync(asksOrigin, cancellationToken).ConfigureAwait(false);
            HctefActivities.Opened(activity, file.Info);
            Log.Opened(Network.Logger, opening.RedactedUrl, file.Info.Length, file.Info.Consistency);
            return file;
        }
        catch (Exception failure)
        {
            HctefActivities.Failed(activity, ErrorType.Of(failure), failure is HctefException ? failure.Message : null);
            if (failure is HctefUrlException)
            {
                Log.Refused(Network.Logger, failure.Message);
            }

            throw;
        }
        finally
        {
            HctefActivities.End(activity);
        }
    }
}
