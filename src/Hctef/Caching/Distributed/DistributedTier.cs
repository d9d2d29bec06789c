using Hctef.Caching.Tiers;
using Hctef.Diagnostics;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging;

namespace Hctef.Caching.Distributed;

/// <summary>
/// The tier that machines share, over an <see cref="IDistributedCache"/> of the user's. Nothing there is trusted, nothing there is waited
/// for longer than the soft timeout, and nobody waits for a write.
/// </summary>
internal sealed class DistributedTier : IBlockTier
{
    private static readonly TimeSpan ClosingPatience = TimeSpan.FromSeconds(2);

    private readonly ILogger _logger;
    private readonly StoreWriter _writer;
    private readonly ChunkStore _chunks;
    private volatile bool _isDisposed;

    public DistributedTier(DistributedCacheOptions options, IDistributedCache store, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        var keys = new StoreKeys(options.HmacKey);
        var format = new RecordFormat(keys);
        var calls = new StoreCalls(store);
        var reads = new StoreBreaker("reads", time, logger);
        var writes = new StoreBreaker("writes", time, logger);
        var generations = new FileGenerations(calls, keys, format, Counters, time, options.TimeToLive);
        var recent = new RecentSet<ChunkId>();
        var reader = new StoreReader(calls, reads, generations, keys, format, Counters, logger, time, options.ReadTimeout);
        _writer = new StoreWriter(options, calls, reads, writes, generations, keys, format, recent, Counters, time);
        var times = new ReadTimes(time);
        _chunks = new ChunkStore(
            reader,
            _writer,
            new ChunkAssembly(Counters),
            recent,
            times,
            Counters,
            time,
            options.ChunkBytes,
            options.TimeToLive);
        Versions = new SharedVersions(reader, _writer, keys, times, Counters, time, options);
    }

    public string Name => "distributed";

    public TierCounters Counters { get; } = new();

    /// <summary>The versions of files that machines tell each other.</summary>
    public SharedVersions Versions { get; }

    /// <summary>Opens a version, unless a date is all that tells it: clocks of several machines are too much to believe in.</summary>
    public ITierVersion? Open(VersionIdentity identity) =>
        _isDisposed || identity.IsByDate ? null : new DistributedVersion(_chunks, identity);

    /// <summary>
    /// Gives the file another generation. Other machines go on with the old one for thirty seconds at most; what is stored under it is left
    /// to its time to live, since nobody can say what that is.
    /// </summary>
    public async ValueTask EvictAsync(string cacheKey, CancellationToken cancellationToken)
    {
        _chunks.Recent.Clear();
        if (await _writer.EvictAsync(cacheKey, cancellationToken).ConfigureAwait(false) is { } reason)
        {
            Log.StoreNotEvicted(_logger, reason);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        await _writer.CloseAsync(ClosingPatience).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _isDisposed = true;
        _writer.Close();
    }
}
