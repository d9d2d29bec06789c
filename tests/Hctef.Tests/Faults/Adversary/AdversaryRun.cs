using System.Collections.Concurrent;
using Hctef.Caching;
using Hctef.Fetching;
using Hctef.Files;
using Hctef.Tests.Fetching;
using Hctef.TestServer.Lying;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Faults.Adversary;

/// <summary>
/// Readers of all kinds over real sockets against a seeded liar, with a cache of a few blocks. Nothing but right bytes or a typed
/// exception comes out, nobody hangs, and in the end everything is given back and what is cached is right.
/// </summary>
internal sealed class AdversaryRun : IAsyncDisposable
{
    private const int Readers = 12;

    /// <summary>Ends a run that hangs; the longest single wait is that of a few timeouts.</summary>
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(120);

    private readonly int _seed;
    private readonly LiarFile[] _files;
    private readonly LiarHandle?[] _handles = new LiarHandle?[6];
    private readonly ConcurrentDictionary<BlockMap, bool> _maps = new();
    private readonly LyingServer _server;
    private readonly ServiceProvider _services;
    private int _rest;

    public AdversaryRun(int seed, int operations)
    {
        _seed = seed;
        _rest = operations;
        var random = new Random(seed);
        _files = [.. Enumerable.Range(0, 3).Select(number => new LiarFile(number, random.Next(1, 200_000), tagged: number > 0))];
        Liar = new Liar(seed, _files);
        _server = LyingServer.Start(Liar.Answer);
        var services = new ServiceCollection();
        services.AddHctef(options => Configure(options, random));
        _services = services.BuildServiceProvider();
    }

    public Liar Liar { get; }

    public AdversaryOutcomes Outcomes { get; } = new();

    public int Slots => _handles.Length;

    public int Requests => _server.Requests.Count;

    private HctefEngine Engine => _services.GetRequiredService<HctefEngine>();

    private HostGate Gate => Engine.Hosts.Get(_server.BaseUri).Gate;

    public bool TryBegin() => Interlocked.Decrement(ref _rest) >= 0;

    public LiarFile FileOf(int slot) => _files[slot % _files.Length];

    public LiarHandle? Find(int slot) => Volatile.Read(ref _handles[slot]);

    /// <summary>Opens the file of a slot; who opens it first shares it with the others.</summary>
    public async Task<LiarHandle> OpenAsync(int slot, RemoteFileOptions options, CancellationToken cancellationToken)
    {
        IRangeReaderFactory factory = _services.GetRequiredService<IRangeReaderFactory>();
        IRemoteFile opened = await factory.OpenAsync(new Uri(_server.BaseUri, FileOf(slot).Path), options, cancellationToken);
        _maps.TryAdd(((RemoteFile)opened).Source.Map, true);
        var handle = new LiarHandle(FileOf(slot), opened);
        if (Interlocked.CompareExchange(ref _handles[slot], handle, null) is not { } other)
            return handle;
        handle.Dispose();
        return other;
    }

    public void Close(int slot, LiarHandle? handle)
    {
        if (handle is not null && Interlocked.CompareExchange(ref _handles[slot], null, handle) == handle)
            handle.Dispose();
    }

    public async Task RunAsync()
    {
        AdversaryReader[] readers = [.. Enumerable.Range(0, Readers).Select(i => new AdversaryReader(this, (_seed * 100) + i, sync: i % 3 == 0))];
        Task all = Task.WhenAll(readers.Select((reader, i) => i % 3 == 0
            ? Task.Factory.StartNew(reader.RunAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()
            : Task.Run(reader.RunAsync)));
        try
        {
            await all.WaitAsync(HangGuard);
        }
        catch (TimeoutException timeout)
        {
            throw new InvalidOperationException($"A reader hangs: {string.Join("; ", readers.Select(static reader => reader.Doing))}", timeout);
        }

        await AssertAllIsGivenBackAsync();
        AssertCachedBytesAreRight();
        await AssertHonestyIsEnoughAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (LiarHandle? handle in _handles)
            handle?.Dispose();
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static void Configure(HctefOptions options, Random random)
    {
        options.Cache.BlockBytes = 512 << random.Next(5);
        options.Cache.MemoryBytes = random.Next(1, 40) * (options.Cache.BlockBytes + BlockCache.OverheadBytes);
        options.Transport.MaxConcurrencyPerHost = random.Next(1, 17);
        options.Transport.FirstByteTimeout = options.Transport.IdleTimeout = TimeSpan.FromMilliseconds(200);
        options.Retry.MaxRetries = random.Next(4);
        options.Retry.BaseDelay = options.Retry.MaxDelay = TimeSpan.FromMilliseconds(1);
        options.Retry.MaxRetryAfter = TimeSpan.FromMilliseconds(5);
        options.Retry.Hedging = random.Next(2) == 0;
    }

    /// <summary>No permit, waiter, slot, hold or load is left, and no receive was given up with its memory.</summary>
    private async Task AssertAllIsGivenBackAsync()
    {
        Liar.IsHonest = true;
        await Gate.TakeAllAsync().WaitAsync(HangGuard);
        long giveUp = Environment.TickCount64 + 30_000;
        while (!IsWhole(throws: Environment.TickCount64 > giveUp))
            await Task.Yield();
        Assert.Equal(0, Gate.Waiting);
        Assert.Equal(0, Engine.Network.Quarantined);
        Assert.InRange(Engine.Cache.PoolBytes, 0, (long)Engine.Cache.Capacity * Engine.Cache.BlockBytes);
    }

    private bool IsWhole(bool throws)
    {
        try
        {
            Engine.Cache.CheckIntegrity(_maps.Keys);
            return Gate.Taken == 0;
        }
        catch (InvalidOperationException) when (!throws)
        {
            return false;
        }
    }

    /// <summary>What is called cached is there, and right. Copied as a hit is: a read may fetch ahead, and evict what comes next.</summary>
    private void AssertCachedBytesAreRight()
    {
        foreach (LiarHandle handle in _handles.OfType<LiarHandle>())
        {
            var file = (RemoteFile)handle.Opened;
            foreach (ByteRange range in file.GetCachedRanges())
            {
                byte[] bytes = new byte[range.Length];
                long visited = -1;
                Assert.Equal(bytes.Length, Engine.Cache.Copy(file.Source.Map, range.Offset, bytes, ref visited, out _));
                handle.Check(bytes, range.Offset, bytes.Length);
            }
        }
    }

    /// <summary>No lie is remembered: opened again, every file is read to its end.</summary>
    private async Task AssertHonestyIsEnoughAsync()
    {
        for (int slot = 0; slot < Slots; slot++)
        {
            Close(slot, Find(slot));
            LiarHandle handle = await OpenAsync(slot, new RemoteFileOptions(), CancellationToken.None).WaitAsync(HangGuard);
            Assert.Equal(FileOf(slot).Version, handle.Version);
            Assert.Equal(FileOf(slot).LengthOf(handle.Version), handle.Length);
            byte[] bytes = new byte[handle.Length];
            int count = await handle.Opened.ReadAsync(bytes, 0).AsTask().WaitAsync(HangGuard);
            handle.Check(bytes, 0, count);
        }
    }
}
