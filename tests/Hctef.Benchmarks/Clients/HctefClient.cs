using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Server;
using Hctef.Files;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Benchmarks.Clients;

/// <summary>A container of its own, as a user sets it up: a new cache and new connections.</summary>
internal sealed class HctefClient : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public HctefClient(ServerProcess server, Action<HctefOptions>? configure = null, Action<IServiceCollection>? register = null)
    {
        Server = server;
        var services = new ServiceCollection();
        IHctefBuilder builder = services.AddHctef(options => configure?.Invoke(options));
        builder.HttpClientBuilder.ConfigurePrimaryHttpMessageHandler(
            (handler, _) => TrustedCertificate.Trust((SocketsHttpHandler)handler, server.Certificate));
        register?.Invoke(services);
        _services = services.BuildServiceProvider();
        Files = _services.GetRequiredService<IRangeReaderFactory>();
    }

    public ServerProcess Server { get; }

    public IRangeReaderFactory Files { get; }

    /// <summary>What a scenario reports beside the time.</summary>
    public Extras Extras { get; } = new();

    /// <summary>What the pool has taken from the system.</summary>
    public long PoolBytes => _services.GetRequiredService<HctefEngine>().Cache.PoolBytes;

    public Task<IRemoteFile> OpenAsync(string file = ServerFiles.Data, Action<RemoteFileOptions>? configure = null)
    {
        var options = new RemoteFileOptions();
        configure?.Invoke(options);
        return Files.OpenAsync(Server.UriOf(file), options);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
