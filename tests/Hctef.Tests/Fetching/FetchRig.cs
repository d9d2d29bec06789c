using System.Diagnostics.Metrics;
using Hctef.Caching;
using Hctef.Caching.Tiers;
using Hctef.Diagnostics;
using Hctef.Fetching;
using Hctef.Files;
using Hctef.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hctef.Tests.Fetching;

/// <summary>An engine without a container, over any handler, with the inside in view.</summary>
internal sealed class FetchRig : IHttpClientFactory, IDisposable
{
    public const int BlockBytes = 4096;

    /// <summary>Ends a test that would hang; what is waited for comes in milliseconds.</summary>
    public static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(30);

    private static readonly Meter Meter = new("Hctef.Tests");

    private readonly HttpMessageHandler _handler;

    private FetchRig(
        HttpMessageHandler handler, HctefOptions options, TimeProvider time, ILoggerFactory loggers, IReadOnlyList<IBlockTier> tiers)
    {
        _handler = handler;
        Permits = options.Transport.MaxConcurrencyPerHost;
        Engine = new HctefEngine(string.Empty, "test", options, this, time, loggers, new HctefMetrics(Meter), tiers: tiers);
    }

    public int Permits { get; }

    public HctefEngine Engine { get; }

    public BlockCache Cache => Engine.Cache;

    /// <summary>The options of a cache of so many blocks.</summary>
    public static HctefOptions OptionsOf(int blocks, int blockBytes = BlockBytes)
    {
        var options = new HctefOptions();
        options.Cache.BlockBytes = blockBytes;
        options.Cache.MemoryBytes = blocks == 0 ? 0 : Math.Max(blockBytes, (long)blocks * (blockBytes + BlockCache.OverheadBytes));
        return options;
    }

    public static FetchRig Create(
        HttpMessageHandler handler,
        HctefOptions options,
        TimeProvider? time = null,
        ILoggerFactory? loggers = null,
        params IReadOnlyList<IBlockTier> tiers) =>
        new(handler, options, time ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance, tiers);

    public HttpClient CreateClient(string name) => new(_handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>What requests to the hosts of files opened from now on cost.</summary>
    public IHostCosts Costs { get; set; } = new FixedCosts();

    public HostGate GateOf(Uri uri) => Engine.Hosts.Get(uri).Gate;

    /// <summary>Opens a file by a request for one byte, which nobody keeps.</summary>
    public async Task<RemoteFile> OpenAsync(
        Uri? uri = null, int minimumRequestBytes = 1, long prefetchBytes = 0, long? readaheadBytes = 0)
    {
        var options = new ResolvedFileOptions
        {
            PrefetchBytes = prefetchBytes,
            PrefetchDirection = PrefetchDirection.Start,
            MinimumRangeRequestBytes = minimumRequestBytes,
            ReadaheadBytes = readaheadBytes,
        };
        uri ??= new Uri("http://stub.test/file");
        Engine.Hosts.Get(uri).Costs = Costs;
        return (RemoteFile)await Engine.OpenAsync(uri, options, CancellationToken.None)
            .WaitAsync(HangGuard);
    }

    /// <summary>Opens the file of a stub, which forgets the opening request and holds back bodies from now on.</summary>
    public async Task<RemoteFile> OpenHeldAsync(StubOrigin origin, int minimumRequestBytes = 1)
    {
        RemoteFile file = await OpenAsync(minimumRequestBytes: minimumRequestBytes);
        origin.Forget();
        origin.Holds = true;
        return file;
    }

    /// <summary>Waits until nothing is under way, then checks that every slot, permit and load number is where it belongs.</summary>
    public async Task CheckSettledAsync(params RemoteFile[] files)
    {
        await Eventually(() => files.All(file => file.Source.Host.Gate.Taken == 0), "all permits to be given back");
        BlockMap[] maps = [.. files.Select(static file => file.Source.Map).Distinct()];
        Exception? last = null;
        await Eventually(() => (last = Record.Exception(() => Cache.CheckIntegrity(maps))) is null, "the cache to settle");
        Assert.Null(last);
    }

    /// <summary>Gives way to other work until a condition holds.</summary>
    public static async Task Eventually(Func<bool> condition, string what, int patience = 1)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < HangGuard * patience, $"Waited in vain for {what}.");
            await Task.Yield();
        }
    }

    public void Dispose() => Engine.Dispose();
}
