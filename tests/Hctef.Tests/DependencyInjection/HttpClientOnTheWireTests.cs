using System.Collections.Concurrent;
using System.Net;
using Hctef.Tests.Files;
using Hctef.Tests.Http;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.DependencyInjection;

/// <summary>What users set on the HTTP client is what the servers see.</summary>
public sealed class HttpClientOnTheWireTests
{
    private const int Length = 100_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_of_the_user_sees_and_signs_every_request(bool byDefaults)
    {
        var seen = new ConcurrentQueue<string>();
        await using FileRig rig = await FileRig.StartAsync(register: (builder, _) =>
        {
            if (byDefaults)
                builder.Services.ConfigureHttpClientDefaults(client => client.AddHttpMessageHandler(() => new SigningHandler(seen, "Bearer secret")));
            else
                builder.ConfigureHttpClient(client => client.AddHttpMessageHandler(() => new SigningHandler(seen, "Bearer secret")));
        });
        ServedFile served = rig.Server.Add("file.bin", Length);
        served.RequiredHeader = new RequiredHeader("Authorization", "Bearer secret");
        using IRemoteFile file = await rig.OpenColdAsync(served);
        await file.AssertReadsAsync(served, 50_000, 100);

        Assert.Equal(["bytes=0-0", "bytes=49152-65535"], seen);
    }

    [Fact]
    public async Task A_proxy_gets_the_requests()
    {
        await using FileRig rig = await FileRig.StartAsync(register: static (builder, server) => builder.ConfigureHttpClient(client =>
            client.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { Proxy = new WebProxy(server.BaseUri) })));
        ServedFile served = rig.Server.Add("file.bin", Length);
        using IRemoteFile file = await rig.OpenAsync(new Uri("http://files.example/file.bin"), static options => options.PrefetchBytes = 0);
        await file.AssertReadsAsync(served, 0, 100);

        Assert.Equal(["bytes=0-0", "bytes=0-16383"], rig.Ranges);
        Assert.All(rig.Server.Log, static request => Assert.Equal("files.example", request.Headers["Host"]));
    }

    [Fact]
    public async Task Requests_go_by_HTTP_2_where_the_client_says_so()
    {
        await using HonestServer server = await HonestServer.StartAsync(new HonestServerOptions { Http2 = true });
        var services = new ServiceCollection();
        services.AddHctef(static options => options.FileDefaults.ReadaheadBytes = 0)
            .ConfigureHttpClient(static client => client.ConfigureHttpClient(static http =>
                (http.DefaultRequestVersion, http.DefaultVersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact)));
        await using ServiceProvider provider = services.BuildServiceProvider();
        ServedFile served = server.Add("file.bin", Length);
        using IRemoteFile file = await provider.GetRequiredService<IRangeReaderFactory>().OpenAsync(served.Uri);
        await file.AssertReadsAsync(served, 0, Length, sync: false);
        await file.AssertReadsAsync(served, 0, Length, sync: true);

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task HTTP_3_is_asked_for_as_the_client_says()
    {
        using var stub = new StubHandler(static _ => new HttpResponseMessage(HttpStatusCode.NotFound));
        var services = new ServiceCollection();
        services.AddHctef().ConfigureHttpClient(client => client
            .ConfigurePrimaryHttpMessageHandler(() => stub)
            .ConfigureHttpClient(static http =>
                (http.DefaultRequestVersion, http.DefaultVersionPolicy) = (HttpVersion.Version30, HttpVersionPolicy.RequestVersionOrLower)));
        await using ServiceProvider provider = services.BuildServiceProvider();
        await Assert.ThrowsAsync<HctefNetworkException>(
            () => provider.GetRequiredService<IRangeReaderFactory>().OpenAsync(new Uri("https://example.com/file.bin")));

        HttpRequestMessage request = Assert.Single(stub.Requests);
        Assert.Equal((HttpVersion.Version30, HttpVersionPolicy.RequestVersionOrLower), (request.Version, request.VersionPolicy));
    }

    [Fact]
    public async Task Registrations_side_by_side_share_neither_credentials_nor_caches_nor_settings()
    {
        await using HonestServer server = await HonestServer.StartAsync();
        ServedFile served = server.Add("file.bin", Length);
        var services = new ServiceCollection();
        foreach ((string name, int blockBytes) in new[] { ("red", 4096), ("blue", 8192) })
        {
            services.AddKeyedHctef(name, TestContainer.Section(
                    ("Cache:BlockBytes", $"{blockBytes}"),
                    ("FileDefaults:PrefetchBytes", "0"),
                    ("FileDefaults:MinimumRangeRequestBytes", "1"),
                    ("FileDefaults:ReadaheadBytes", "0")))
                .ConfigureHttpClient(client => client.AddHttpMessageHandler(() => new SigningHandler([], name)));
        }

        await using ServiceProvider provider = services.BuildServiceProvider();
        foreach (string name in (string[])["red", "blue"])
        {
            using IRemoteFile file = await provider.GetRequiredKeyedService<IRangeReaderFactory>(name).OpenAsync(served.Uri);
            await file.AssertReadsAsync(served, 0, 100);
        }

        Assert.Equal(
            ["red bytes=0-0", "red bytes=0-4095", "blue bytes=0-0", "blue bytes=0-8191"],
            server.Log.Select(static request => $"{request.Headers["Authorization"]} {request.Range}"));
    }

    private sealed class SigningHandler(ConcurrentQueue<string> seen, string authorization) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            seen.Enqueue(StubHandler.Header(request, "Range") ?? "none");
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
