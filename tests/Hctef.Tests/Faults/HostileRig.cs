using Hctef.Fetching;
using Hctef.Files;
using Hctef.Tests.Fetching;
using Hctef.Tests.Files;
using Hctef.TestServer.Lying;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hctef.Tests.Faults;

/// <summary>
/// A lying server, and a container that opens its file as users do, with a canary in query, user information and headers. It ends
/// each case with what must hold whatever the server did.
/// </summary>
internal sealed class HostileRig : IAsyncDisposable
{
    public const int Block = 4096;
    public const int MaxRetries = 2;

    private readonly RecordedLogs _logs = new();
    private readonly ServiceProvider _services;
    private RemoteFile? _file;

    public HostileRig(
        Func<LyingRequest, LyingReply> script, Action<HctefOptions>? configure = null, Action<IHctefBuilder>? register = null)
    {
        Script = script;
        Server = LyingServer.Start(request => Script!(request));
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_logs));
        IHctefBuilder builder = services.AddHctef(options =>
        {
            options.Cache.BlockBytes = Block;
            options.Cache.MemoryBytes = 1 << 20;
            options.Retry.MaxRetries = MaxRetries;
            options.Retry.BaseDelay = options.Retry.MaxDelay = TimeSpan.FromMilliseconds(1);
            options.FileDefaults.MinimumRangeRequestBytes = 1;
            options.FileDefaults.ReadaheadBytes = 0;
            configure?.Invoke(options);
        });
        register?.Invoke(builder);
        _services = services.BuildServiceProvider();
    }

    public LyingServer Server { get; }

    public Func<LyingRequest, LyingReply> Script { get; set; }

    public HctefEngine Engine => _services.GetRequiredService<HctefEngine>();

    public HostGate Gate => Engine.Hosts.Get(Server.BaseUri).Gate;

    public Uri Secret => new($"{Server.BaseUri.Scheme}://user:{Canary.Text}@{Server.BaseUri.Authority}/file.bin?sig={Canary.Text}");

    public async Task<IRemoteFile> OpenAsync(Action<RemoteFileOptions>? configure = null, Uri? uri = null)
    {
        var options = new RemoteFileOptions
        {
            Headers = { ["Authorization"] = "Bearer " + Canary.Text, ["X-Api-Key"] = Canary.Text, ["Cookie"] = Canary.Text },
        };
        configure?.Invoke(options);
        IRemoteFile file = await _services.GetRequiredService<IRangeReaderFactory>()
            .OpenAsync(uri ?? Secret, options).WaitAsync(FileRig.HangGuard);
        _file = (RemoteFile)file;
        return file;
    }

    /// <summary>What holds after every case: all is given back, the cache is whole and holds right bytes alone, and nothing tells a secret.</summary>
    public async Task AssertCleanAsync(TestServer.Content.TestContent content, Exception? failure)
    {
        await WhenQuietAsync();
        if (_file is { } file)
        {
            // No request is possible: what is called cached must come from the cache.
            int requests = Server.Requests.Count;
            Script = _ => LyingReply.Nothing.Fin();
            foreach (ByteRange range in file.GetCachedRanges())
            {
                byte[] cached = new byte[range.Length];
                Assert.Equal(cached.Length, await file.ReadAsync(cached, range.Offset, sync: false));
                Assert.True(content.Matches(cached, range.Offset), $"Wrong bytes are cached in {range}.");
            }

            Assert.Equal(requests, Server.Requests.Count);
            Canary.AssertAbsent(file.GetInfo().ToString(), "RemoteFileInfo");
            Canary.AssertAbsent(file.GetStatistics().ToString(), "RemoteFileStatistics");
        }

        Canary.AssertAbsent(failure);
        foreach (string line in _logs.Lines)
            Canary.AssertAbsent(line, "a log line");
    }

    /// <summary>Completes when every permit is free and no fetch holds a block or memory.</summary>
    public async Task WhenQuietAsync()
    {
        await Gate.TakeAllAsync().WaitAsync(FileRig.HangGuard);

        // A transfer gives its permit back a few steps before its memory, and one that sleeps takes another.
        long giveUp = Environment.TickCount64 + 10_000;
        while (Gate.Taken > 0 || !IsWhole(throws: Environment.TickCount64 > giveUp))
        {
            Assert.True(Environment.TickCount64 < giveUp + 10_000, "Permits were not given back.");
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _file?.Dispose();
        await _services.DisposeAsync();
        await Server.DisposeAsync();
    }

    private bool IsWhole(bool throws)
    {
        try
        {
            Engine.Cache.CheckIntegrity(_file is null ? [] : [_file.Source.Map]);
            return true;
        }
        catch (InvalidOperationException) when (!throws)
        {
            return false;
        }
    }
}
