using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>What the scenarios of one program run share: a server for each network and the local file, started when first needed.</summary>
internal sealed class RunContext(RunSettings settings) : IAsyncDisposable
{
    private readonly Dictionary<string, ServerProcess> _servers = new(StringComparer.Ordinal);
    private LocalFile? _local;

    public RunSettings Settings { get; } = settings;

    public LocalFile Local => _local ??= LocalFile.Create(ServerFiles.DataBytes);

    public async Task<ServerProcess> GetServerAsync(NetworkProfile network)
    {
        if (!_servers.TryGetValue(network.Name, out ServerProcess? server))
            _servers.Add(network.Name, server = await ServerProcess.StartAsync(network));
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _local?.Dispose();
        foreach (ServerProcess server in _servers.Values)
            await server.DisposeAsync();
    }
}
