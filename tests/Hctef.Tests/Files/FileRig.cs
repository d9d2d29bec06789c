using Hctef.Fetching;
using Hctef.Files;
using Hctef.Tests.Fetching;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Files;

/// <summary>An honest server, and a container that opens its files as users do: through AddHctef, over real sockets.</summary>
internal sealed class FileRig : IAsyncDisposable
{
    /// <summary>Ends a test that would hang; what is waited for comes in milliseconds.</summary>
    public static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    private FileRig(HonestServer server, ServiceProvider services)
    {
        Server = server;
        Services = services;
    }

    public HonestServer Server { get; }

    public ServiceProvider Services { get; }

    public IRangeReaderFactory Files => Services.GetRequiredService<IRangeReaderFactory>();

    public HctefEngine Engine => Services.GetRequiredService<HctefEngine>();

    public HostGate Gate => Engine.Hosts.Get(Server.BaseUri).Gate;

    /// <summary>The Range headers that the server has seen, in the order of their arrival.</summary>
    public string[] Ranges => [.. Server.Log.Select(request => request.Range ?? "none")];

    /// <summary>The body bytes that the server has sent.</summary>
    public long BytesSent => Server.Log.Sum(request => request.BodyBytesSent);

    public static async Task<FileRig> StartAsync(
        Action<HctefOptions>? configure = null, TimeProvider? time = null, Action<IHctefBuilder, HonestServer>? register = null)
    {
        HonestServer server = await HonestServer.StartAsync();
        var services = new ServiceCollection();
        services.AddSingleton(time ?? TimeProvider.System);
        IHctefBuilder builder = services.AddHctef(options => configure?.Invoke(options));
        register?.Invoke(builder, server);
        var rig = new FileRig(server, services.BuildServiceProvider());
        rig.Engine.Hosts.Get(server.BaseUri).Costs = new FixedCosts();
        return rig;
    }

    public Task<IRemoteFile> OpenAsync(ServedFile file, Action<RemoteFileOptions>? configure = null) =>
        OpenAsync(file.Uri, configure);

    public Task<IRemoteFile> OpenAsync(Uri uri, Action<RemoteFileOptions>? configure = null)
    {
        var options = new RemoteFileOptions();
        configure?.Invoke(options);
        return Files.OpenAsync(uri, options).WaitAsync(HangGuard);
    }

    /// <summary>Opens a file without prefetching: one request for one byte, which nobody keeps.</summary>
    public Task<IRemoteFile> OpenColdAsync(ServedFile file) => OpenAsync(file, options => options.PrefetchBytes = 0);

    /// <summary>
    /// Completes when no request is under way: all permits of the host can be had at once. A transfer that was on its way to its permit
    /// has queued behind those taken here, so that another round is needed.
    /// </summary>
    public async Task WhenQuietAsync()
    {
        do
        {
            HostPermit[] all = await Task.WhenAll(
                Enumerable.Range(0, HctefDefaults.MaxConcurrencyPerHost)
                    .Select(_ => Gate.AcquireAsync(FetchPriority.Background, CancellationToken.None).AsTask())).WaitAsync(HangGuard);
            Array.ForEach(all, static permit => permit.Dispose());
            await Task.Yield();
        }
        while (Gate.Taken > 0);
    }

    /// <summary>Forgets the requests so far, once none is under way.</summary>
    public async Task ForgetAsync()
    {
        await WhenQuietAsync();
        await Server.WhenIdle().WaitAsync(HangGuard);
        Server.ResetCounts();
    }

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        await Server.DisposeAsync();
    }
}
