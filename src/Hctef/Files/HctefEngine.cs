using Hctef.Caching;
using Hctef.Diagnostics;
using Hctef.Fetching;
using Hctef.Http;
using Hctef.Options;
using Microsoft.Extensions.Logging;

namespace Hctef.Files;

/// <summary>What the files of one registration share: the cache, the hosts and the way to the network. A singleton.</summary>
internal sealed class HctefEngine : IAsyncDisposable, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public HctefEngine(
        string clientName,
        HctefOptions options,
        IHttpClientFactory clients,
        TimeProvider time,
        ILoggerFactory loggers,
        ClientHandlers? clientHandlers = null)
    {
        Cache = new BlockCache(options.Cache.MemoryBytes ?? HctefDefaults.MemoryBytes, options.Cache.BlockBytes);
        Versions = new VersionTable(Cache);
        Hosts = new HostTable(options.Transport.MaxConcurrencyPerHost, time, options.Retry.MaxRetries);
        Egress = EgressPolicy.Create(options.Egress);
        Network = new RangeNetwork(
            clientName, clients, options.Transport, options.Retry, time, loggers.CreateLogger(nameof(Hctef)), _stopping.Token, clientHandlers);
    }

    public BlockCache Cache { get; }

    public VersionTable Versions { get; }

    public HostTable Hosts { get; }

    public RangeNetwork Network { get; }

    /// <summary>What the egress guard allows; null while it is off. Its handler asks it again at each request.</summary>
    public EgressPolicy? Egress { get; }

    /// <summary>Opens a file; the caller disposes it.</summary>
    public async Task<IHctefFile> OpenAsync(Uri uri, ResolvedFileOptions options, CancellationToken cancellationToken)
    {
        // One for all versions that the file has while it is open.
        var counters = new FileCounters();
        RemoteFile file = await OpenVersionAsync(cancellationToken).ConfigureAwait(false);
        return options.OnChange == ChangePolicy.Reopen ? new ReopeningRemoteFile(file, OpenVersionAsync) : file;

        Task<RemoteFile> OpenVersionAsync(CancellationToken cancellation) =>
            new FileOpening(this, uri, options, counters).OpenAsync(cancellation);
    }

    /// <summary>Stops everything under way; readers who wait are failed.</summary>
    public void Dispose() => _stopping.Cancel();

    public async ValueTask DisposeAsync() => await _stopping.CancelAsync().ConfigureAwait(false);
}
