using Hctef.Fetching;
using Hctef.Files;
using Hctef.Tests.Fetching;
using Hctef.Tests.Files;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Consumers;

/// <summary>One file on an honest server, opened as users open it, for a reader that knows nothing of Hctef.</summary>
internal sealed class ConsumerRig : IAsyncDisposable
{
    private readonly HonestServer _server;
    private readonly ServiceProvider _services;
    private readonly ConsumerCost _most;

    private ConsumerRig(HonestServer server, ServiceProvider services, IRemoteFile file, ConsumerCost most)
    {
        (_server, _services, File, _most) = (server, services, file, most);
    }

    public IRemoteFile File { get; }

    /// <summary>Serves the content and opens it; what is in the cache when the reader begins is the file's end, as far as it has come.</summary>
    /// <param name="consumer">Its name in <see cref="ConsumerCosts"/>.</param>
    /// <param name="content">The file.</param>
    /// <param name="prefetch">Which end of the file the reader begins with.</param>
    public static async Task<ConsumerRig> OpenAsync(string consumer, byte[] content, PrefetchDirection prefetch = PrefetchDirection.End)
    {
        HonestServer server = await HonestServer.StartAsync();
        ServedFile served = server.Add("file.bin", content);
        var services = new ServiceCollection();
        services.AddHctef(options =>
        {
            options.FileDefaults.PrefetchDirection = prefetch;
            options.FileDefaults.PrefetchBytes = 64 * 1024;
        });
        ServiceProvider provider = services.BuildServiceProvider();

        // A host's measured speed decides how much is read ahead: fixed, so that a busy machine asks no more than an idle one.
        provider.GetRequiredService<HctefEngine>().Hosts.Get(server.BaseUri).Costs = new FixedCosts();
        IRemoteFile file = await provider.GetRequiredService<IRangeReaderFactory>().OpenAsync(served.Uri).WaitAsync(FileRig.HangGuard);
        return new ConsumerRig(server, provider, file, ConsumerCosts.Of(consumer));
    }

    public Task<RemoteFileStream> OpenStreamAsync() => File.OpenStreamAsync().AsTask();

    /// <summary>Ends what the reader has left behind, and asserts what it cost on the wire.</summary>
    public async Task AssertCostAsync()
    {
        HostGate gate = _services.GetRequiredService<HctefEngine>().Hosts.Get(_server.BaseUri).Gate;
        await gate.TakeAllAsync().WaitAsync(FileRig.HangGuard);
        await _server.WhenIdle().WaitAsync(FileRig.HangGuard);
        var cost = (_server.RequestCount, _server.BodyBytes);
        if (Environment.GetEnvironmentVariable("HCTEF_TELL_COSTS") is { } path)
            await System.IO.File.AppendAllTextAsync(path, $"{_most.Consumer}: {cost}\n");
        Assert.True(
            cost.RequestCount <= _most.Requests && cost.BodyBytes <= _most.Bytes,
            $"{_most.Consumer} took {cost.RequestCount} requests and {cost.BodyBytes} bytes; {_most.Requests} and {_most.Bytes} are said.");
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }
}
