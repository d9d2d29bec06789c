using Hctef.Tests.Files;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.ServiceDiscovery.Http;

namespace Hctef.Tests.DependencyInjection;

/// <summary>URLs that name services, where a handler of the HTTP client resolves them (a stand-in, which is known by its name).</summary>
public sealed class ServiceDiscoveryTests
{
    private const int Length = 100_000;

    [Theory]
    [InlineData("https+http", false)]
    [InlineData("http+https", false)]
    [InlineData("http", false)]
    [InlineData("https+http", true)]
    public async Task A_file_of_a_service_opens_and_reads(string scheme, bool byDefaults)
    {
        ServedFile? served = null;
        await using FileRig rig = await FileRig.StartAsync(register: (builder, server) =>
        {
            served = server.Add("file.bin", Length);
            if (byDefaults)
                builder.Services.ConfigureHttpClientDefaults(client => AddDiscovery(client, server));
            else
                AddDiscovery(builder.HttpClientBuilder, server);
        });
        var url = new Uri($"{scheme}://catalog/file.bin?a=1");
        using IRemoteFile file = await rig.OpenAsync(url, options => options.PrefetchBytes = 0);
        await file.AssertReadsAsync(served!, 50_000, 100);

        Assert.Same(url, file.Uri);
        Assert.Equal(["bytes=0-0", "bytes=49152-65535"], rig.Ranges);
        Assert.All(rig.Server.Log, static request => Assert.Equal("?a=1", request.Query));
    }

    [Fact]
    public async Task Behind_it_redirects_are_followed_and_files_shared_as_ever()
    {
        ServedFile? served = null;
        await using FileRig rig = await FileRig.StartAsync(register: (builder, server) =>
        {
            served = server.Add("file.bin", Length);
            server.Add("old.bin", 1).Redirect = new RedirectReply(new Uri("/file.bin", UriKind.Relative));
            AddDiscovery(builder.HttpClientBuilder, server);
        });
        using IRemoteFile file = await rig.OpenAsync(new Uri("https+http://catalog/old.bin"));
        using IRemoteFile again = await rig.OpenAsync(new Uri("https+http://catalog/old.bin"));
        await file.AssertReadsAsync(served!, 0, Length);
        await again.AssertReadsAsync(served!, 0, Length);

        Assert.Equal(Length, file.GetStatistics().BytesServed);
        Assert.Equal(Length, again.GetStatistics().BytesServed);
        Assert.True(again.GetStatistics().BytesFetched < Length);
    }

    [Fact]
    public async Task Without_it_such_a_URL_is_refused_with_a_hint_before_anything_is_sent()
    {
        await using FileRig rig = await FileRig.StartAsync();

        var e = await Assert.ThrowsAsync<HctefUrlException>(() => rig.OpenAsync(new Uri("https+http://catalog/file.bin?canary")));
        Assert.Contains("'https+http' names a service", e.Message, StringComparison.Ordinal);
        Assert.Contains("AddServiceDiscovery", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_registered_one_stops_the_start_only_where_nothing_resolves_it(bool resolves)
    {
        var services = new ServiceCollection();
        IHctefBuilder builder = services.AddHctef().AddRemoteFile("catalog", new Uri("https+http://catalog/file.bin"));
        if (resolves)
            builder.HttpClientBuilder.AddHttpMessageHandler(static () => new ResolvingHttpDelegatingHandler("catalog", new Uri("http://127.0.0.1/")));
        using ServiceProvider provider = services.BuildServiceProvider();

        Exception? e = Record.Exception(provider.ValidateAsAtStart);
        if (resolves)
            Assert.Null(e);
        else
            Assert.Contains("Files:catalog:Url has the scheme 'https+http'", Assert.IsType<OptionsValidationException>(e).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_egress_guard_refuses_names_that_say_no_host()
    {
        var services = new ServiceCollection();
        services.AddHctef(options => options.Egress.Enabled = true)
            .ConfigureHttpClient(static client => client
                .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { UseProxy = false })
                .AddHttpMessageHandler(static () => new ResolvingHttpDelegatingHandler("catalog", new Uri("http://127.0.0.1/"))));
        await using ServiceProvider provider = services.BuildServiceProvider();

        var e = await Assert.ThrowsAsync<HctefUrlException>(
            () => provider.GetRequiredService<IRangeReaderFactory>().OpenAsync(new Uri("https+http://catalog/file.bin")));
        Assert.Contains("The egress guard refused https+http://catalog: its scheme", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_or_a_refresh_to_such_a_name_is_refused()
    {
        await using FileRig rig = await FileRig.StartAsync(register: static (builder, server) => AddDiscovery(builder.HttpClientBuilder, server));
        ServedFile served = rig.Server.Add("file.bin", 100);

        await Assert.ThrowsAsync<HctefUrlException>(() => rig.OpenAsync(
            served.Uri,
            static options => options.Refresh = static (_, _) => new(new RefreshResult { Url = new Uri("https+http://catalog/file.bin") })));
        served.Redirect = new RedirectReply(new Uri("https+http://catalog/file.bin"));
        await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync(served.Uri));
    }

    private static void AddDiscovery(IHttpClientBuilder client, HonestServer server) =>
        client.AddHttpMessageHandler(() => new ResolvingHttpDelegatingHandler("catalog", server.BaseUri));
}
