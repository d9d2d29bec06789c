using Hctef.Http;
using Hctef.Tests.Files;
using Hctef.TestServer.Lying;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Faults;

/// <summary>A lying server that public names lead to, and a container whose egress guard is on.</summary>
internal sealed class EgressRig : IAsyncDisposable
{
    public const int Length = 100_000;

    private readonly ServiceProvider _services;

    public EgressRig(
        Func<LyingRequest, LyingReply>? script = null, Action<HctefEgressOptions>? configure = null, Action<IHctefBuilder>? register = null)
    {
        Server = LyingServer.Start(script ?? File.Answer);
        Network = new FakeEgressNetwork(Server.BaseUri);
        var services = new ServiceCollection();
        services.AddSingleton<IEgressNetwork>(Network);
        IHctefBuilder builder = services.AddHctef(options =>
        {
            options.Cache.BlockBytes = 4096;
            options.Cache.MemoryBytes = 1 << 20;
            options.Retry.MaxRetries = 0;
            options.FileDefaults.PrefetchBytes = 0;
            options.FileDefaults.ReadaheadBytes = 0;
            options.FileDefaults.MinimumRangeRequestBytes = 1;
            options.Egress.Enabled = true;
            configure?.Invoke(options.Egress);
        });

        // The tests run behind proxies, too.
        builder.HttpClientBuilder.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { UseProxy = false });
        register?.Invoke(builder);
        _services = services.BuildServiceProvider();
    }

    public HostileFile File { get; } = new(Length);

    public LyingServer Server { get; }

    public FakeEgressNetwork Network { get; }

    public Task<IRemoteFile> OpenAsync(string url, Action<RemoteFileOptions>? configure = null)
    {
        var options = new RemoteFileOptions();
        configure?.Invoke(options);
        return _services.GetRequiredService<IRangeReaderFactory>().OpenAsync(new Uri(url), options).WaitAsync(FileRig.HangGuard);
    }

    /// <summary>Opens a URL that the guard must refuse, without anything dialled beyond what was before.</summary>
    public async Task<HctefUrlException> AssertRefusedAsync(string url)
    {
        int dialled = Network.Dialled.Length;
        HctefUrlException failure = await Assert.ThrowsAsync<HctefUrlException>(() => OpenAsync(url));
        Assert.Equal(dialled, Network.Dialled.Length);
        Assert.Contains("HctefOptions.Egress", failure.Message, StringComparison.Ordinal);
        Canary.AssertAbsent(failure);
        return failure;
    }

    public async Task AssertReadsAsync(IRemoteFile file, long offset)
    {
        byte[] buffer = new byte[1000];
        Assert.Equal(buffer.Length, await file.ReadAsync(buffer, offset, sync: false));
        Assert.True(File.Content.Matches(buffer, offset));
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Server.DisposeAsync();
    }
}
