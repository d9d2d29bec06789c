using Hctef.Tests.Files;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Faults;

/// <summary>The egress guard over real sockets, with no seam between.</summary>
public sealed class EgressPoolTests
{
    [Fact]
    public async Task G9_connections_of_an_unguarded_client_are_not_used()
    {
        await using HonestServer server = await HonestServer.StartAsync();
        ServedFile served = server.Add("file.bin", 100_000);
        await using ServiceProvider services = CreateServices();
        using IRemoteFile open = await services.GetRequiredService<IRangeReaderFactory>().OpenAsync(served.Uri);
        await open.AssertReadsAsync(served, 10_000, 1000);
        int requests = server.Log.Count;

        var guarded = services.GetRequiredKeyedService<IRangeReaderFactory>("guarded");
        await Assert.ThrowsAsync<HctefUrlException>(() => guarded.OpenAsync(served.Uri).WaitAsync(FileRig.HangGuard));
        Assert.Equal(requests, server.Log.Count);
    }

    [Fact]
    public async Task G1_localhost_is_refused_by_its_addresses()
    {
        await using HonestServer server = await HonestServer.StartAsync();
        ServedFile served = server.Add("file.bin", 100_000);
        await using ServiceProvider services = CreateServices();
        var uri = new UriBuilder(served.Uri) { Host = "localhost" };

        var guarded = services.GetRequiredKeyedService<IRangeReaderFactory>("guarded");
        await Assert.ThrowsAsync<HctefUrlException>(() => guarded.OpenAsync(uri.Uri).WaitAsync(FileRig.HangGuard));
        Assert.Empty(server.Log);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    public async Task An_internal_host_that_is_listed_is_read(string entry)
    {
        await using HonestServer server = await HonestServer.StartAsync();
        ServedFile served = server.Add("file.bin", 100_000);
        await using ServiceProvider services = CreateServices(egress => egress.AllowedHosts.Add(entry));

        var guarded = services.GetRequiredKeyedService<IRangeReaderFactory>("guarded");
        using IRemoteFile file = await guarded.OpenAsync(served.Uri).WaitAsync(FileRig.HangGuard);
        await file.AssertReadsAsync(served, 10_000, 1000);
    }

    private static ServiceProvider CreateServices(Action<HctefEgressOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddHctef();
        services.AddKeyedHctef("guarded", options =>
        {
            options.Egress.Enabled = true;
            configure?.Invoke(options.Egress);
        }).HttpClientBuilder.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { UseProxy = false });
        return services.BuildServiceProvider();
    }
}
