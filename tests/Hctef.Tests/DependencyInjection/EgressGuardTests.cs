using System.Net;
using Hctef.DependencyInjection;
using Hctef.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Hctef.Tests.DependencyInjection;

/// <summary>Set-ups that would get around the egress guard stop the start, and the first use where there is no start.</summary>
public sealed class EgressGuardTests
{
    private static readonly WebProxy NoProxy = new();

    [Fact]
    public void A_handler_of_another_kind_stops_the_start() =>
        AssertRefused(new HttpClientHandler(), "HttpClientHandler");

    [Fact]
    public void A_connect_callback_of_the_user_stops_the_start() =>
        AssertRefused(new SocketsHttpHandler { UseProxy = false, ConnectCallback = (_, _) => default }, "ConnectCallback");

    [Fact]
    public void G6_a_proxy_stops_the_start() =>
        AssertRefused(new SocketsHttpHandler { Proxy = new WebProxy("http://proxy.example:3128") }, "proxy");

    [Fact]
    public void G6_a_proxy_of_the_environment_is_refused()
    {
        using var handler = new SocketsHttpHandler();
        var failure = Assert.Throws<InvalidOperationException>(() =>
            EgressGuard.Restrict(handler, Connector(), new WebProxy("http://proxy.example:3128"), "Hctef"));

        Assert.Contains("proxy", failure.Message, StringComparison.Ordinal);
        Assert.Null(handler.ConnectCallback);
    }

    [Fact]
    public void G6_no_proxy_is_used_that_comes_later()
    {
        using var handler = new SocketsHttpHandler();
        EgressGuard.Restrict(handler, Connector(), NoProxy, "Hctef");

        Assert.False(handler.UseProxy);
        Assert.NotNull(handler.ConnectCallback);
    }

    [Fact]
    public void A_handler_without_proxies_is_taken_whatever_the_environment_says()
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        EgressGuard.Restrict(handler, Connector(), new WebProxy("http://proxy.example:3128"), "Hctef");

        Assert.NotNull(handler.ConnectCallback);
    }

    [Fact]
    public async Task G9_a_handler_that_was_used_before_is_refused()
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using (var client = new HttpMessageInvoker(handler, disposeHandler: false))
        using (var request = new HttpRequestMessage(HttpMethod.Get, "http://127.0.0.1:1/"))
            await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, CancellationToken.None));

        var failure = Assert.Throws<InvalidOperationException>(() => EgressGuard.Restrict(handler, Connector(), NoProxy, "Hctef"));
        Assert.Contains("used before", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3.0", HttpVersionPolicy.RequestVersionOrLower)]
    [InlineData("1.1", HttpVersionPolicy.RequestVersionOrHigher)]
    public void HTTP_3_stops_the_start(string version, HttpVersionPolicy policy)
    {
        using ServiceProvider provider = CreateServices(new SocketsHttpHandler { UseProxy = false }, http =>
        {
            http.DefaultRequestVersion = Version.Parse(version);
            http.DefaultVersionPolicy = policy;
        });
        var failure = Assert.Throws<OptionsValidationException>(provider.ValidateAsAtStart);

        Assert.Contains("HTTP/3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'Hctef'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HTTP_3_is_refused_where_nothing_was_validated_at_start()
    {
        using ServiceProvider provider = CreateServices(
            new SocketsHttpHandler { UseProxy = false }, http => http.DefaultRequestVersion = HttpVersion.Version30);
        var files = provider.GetRequiredService<IRangeReaderFactory>();
        var failure = await Assert.ThrowsAsync<HctefUrlException>(() => files.OpenAsync(new Uri("http://files.example/")));

        Assert.Contains("HTTP/3", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_the_guard_off_nothing_of_this_is_refused()
    {
        var services = new ServiceCollection();
        services.AddHctef().HttpClientBuilder
            .ConfigureHttpClient(http => http.DefaultRequestVersion = HttpVersion.Version30)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                Proxy = new WebProxy("http://proxy.example:3128"),
                ConnectCallback = (_, _) => default,
            });
        using ServiceProvider provider = services.BuildServiceProvider();

        provider.ValidateAsAtStart();
        provider.GetRequiredService<IHttpClientFactory>().CreateClient("Hctef").Dispose();
    }

    [Fact]
    public void The_guard_stands_behind_redirects()
    {
        using ServiceProvider provider = CreateServices(new SocketsHttpHandler { UseProxy = false });
        provider.ValidateAsAtStart();
        var chain = new List<string>();
        HttpMessageHandler? handler = provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("Hctef");
        for (; handler is not null; handler = (handler as DelegatingHandler)?.InnerHandler)
            chain.Add(handler.GetType().Name);

        Assert.Equal([nameof(RedirectHandler), nameof(EgressHandler), nameof(SocketsHttpHandler)], chain.TakeLast(3));
    }

    private static void AssertRefused(HttpMessageHandler handler, string named)
    {
        using ServiceProvider provider = CreateServices(handler);
        var failure = Assert.Throws<OptionsValidationException>(provider.ValidateAsAtStart);

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        Assert.Contains("'Hctef'", failure.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IHttpClientFactory>().CreateClient("Hctef"));
    }

    private static EgressConnector Connector() => new(new EgressPolicy(new HctefEgressOptions()), new EgressNetwork());

    private static ServiceProvider CreateServices(HttpMessageHandler handler, Action<HttpClient>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddHctef(options => options.Egress.Enabled = true).HttpClientBuilder
            .ConfigureHttpClient(configure ?? (_ => { }))
            .ConfigurePrimaryHttpMessageHandler(() => handler);
        return services.BuildServiceProvider();
    }
}
