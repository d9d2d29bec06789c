using System.Diagnostics.Metrics;
using System.Net;
using Hctef.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Hctef.Tests.DependencyInjection;

public sealed class HttpClientSetupTests
{
    private readonly ServiceCollection _services = new();

    [Fact]
    public void The_primary_handler_has_the_documented_settings()
    {
        _services.AddHctef(o => o.Transport.ConnectTimeout = TimeSpan.FromSeconds(3));
        using ServiceProvider provider = _services.BuildServiceProvider();

        var sockets = Assert.IsType<SocketsHttpHandler>(Chain(provider)[^1]);
        Assert.Equal(TimeSpan.FromMinutes(2), sockets.PooledConnectionLifetime);
        Assert.Equal(TimeSpan.FromSeconds(3), sockets.ConnectTimeout);
        Assert.Equal(64 * 1024, sockets.MaxResponseDrainSize);
        AssertRestricted(sockets);
    }

    [Fact]
    public void The_client_has_no_timeout_and_its_handlers_live_on_without_loggers()
    {
        _services.AddLogging();
        _services.AddHctef();
        using ServiceProvider provider = _services.BuildServiceProvider();

        using HttpClient client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("Hctef");
        Assert.Equal(Timeout.InfiniteTimeSpan, client.Timeout);
        Assert.Equal(Timeout.InfiniteTimeSpan, FactoryOptions(provider).HandlerLifetime);
        Assert.DoesNotContain(Chain(provider), h => h.GetType().Name.Contains("Logging", StringComparison.Ordinal));
    }

    [Fact]
    public void Redirects_are_followed_behind_all_other_handlers_once()
    {
        _services.ConfigureHttpClientDefaults(c => c.AddHttpMessageHandler(() => new Marker("defaults")));
        _services.AddHttpClient("Hctef").AddHttpMessageHandler(() => new Marker("before"));
        IHctefBuilder builder = _services.AddHctef(o => o.Transport.MaxRedirects = 4);
        _services.AddHctef();
        builder.ConfigureHttpClient(c => c.AddHttpMessageHandler(() => new Marker("after")));
        _services.AddHttpClient("Hctef").AddHttpMessageHandler(() => new Marker("last"));
        using ServiceProvider provider = _services.BuildServiceProvider();

        HttpMessageHandler[] chain = Chain(provider);

        Assert.Equal(["defaults", "before", "after", "last"], chain.OfType<Marker>().Select(m => m.Name).ToArray());
        Assert.IsType<RedirectHandler>(chain[^2]);
        Assert.Single(chain.OfType<RedirectHandler>());
    }

    [Fact]
    public void Keyed_registrations_have_clients_of_their_own()
    {
        _services.AddHctef();
        _services.AddKeyedHctef("a", o => o.Transport.ConnectTimeout = TimeSpan.FromSeconds(7))
            .ConfigureHttpClient(c => c.AddHttpMessageHandler(() => new Marker("a")));
        using ServiceProvider provider = _services.BuildServiceProvider();

        HttpMessageHandler[] keyed = Chain(provider, "Hctef:a");
        Assert.Single(keyed.OfType<Marker>());
        Assert.IsType<RedirectHandler>(keyed[^2]);
        Assert.Equal(TimeSpan.FromSeconds(7), Assert.IsType<SocketsHttpHandler>(keyed[^1]).ConnectTimeout);
        Assert.Empty(Chain(provider).OfType<Marker>());
        Assert.Empty(Chain(provider, "of the user").OfType<RedirectHandler>());
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    [InlineData("defaults")]
    public void Redirects_cookies_and_decompression_are_off_on_a_users_handler_too(string when)
    {
        Func<HttpMessageHandler>[] factories =
        [
            () => new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All },
            () => new HttpClientHandler { AutomaticDecompression = DecompressionMethods.All },
            () => new Marker("wrapper") { InnerHandler = new Marker("inner") { InnerHandler = new SocketsHttpHandler() } },
        ];
        foreach (Func<HttpMessageHandler> factory in factories)
        {
            var services = new ServiceCollection();
            if (when == "defaults")
                services.ConfigureHttpClientDefaults(c => c.ConfigurePrimaryHttpMessageHandler(factory));
            if (when == "before")
            {
                services.AddHttpClient("Hctef").ConfigurePrimaryHttpMessageHandler(factory);
            }

            IHctefBuilder builder = services.AddHctef();
            if (when == "after")
                builder.ConfigureHttpClient(c => c.ConfigurePrimaryHttpMessageHandler(factory));
            using ServiceProvider provider = services.BuildServiceProvider();

            HttpMessageHandler[] chain = Chain(provider);
            AssertRestricted(chain[^1]);
            Assert.Equal(factory() is Marker ? 2 : 0, chain.OfType<Marker>().Count());
            Assert.Single(chain.OfType<RedirectHandler>());
        }
    }

    [Fact]
    public void What_the_user_sets_on_the_handler_stays()
    {
        _services.ConfigureHttpClientDefaults(c => c.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(9),
            ConnectTimeout = TimeSpan.FromSeconds(9),
            MaxResponseDrainSize = 9,
        }));
        _services.AddHctef().ConfigureHttpClient(c => c.ConfigureHttpClient(h => h.DefaultRequestVersion = HttpVersion.Version20));
        using ServiceProvider provider = _services.BuildServiceProvider();

        var sockets = Assert.IsType<SocketsHttpHandler>(Chain(provider)[^1]);
        Assert.Equal(TimeSpan.FromMinutes(9), sockets.PooledConnectionLifetime);
        Assert.Equal(TimeSpan.FromSeconds(9), sockets.ConnectTimeout);
        Assert.Equal(9, sockets.MaxResponseDrainSize);
        using HttpClient client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("Hctef");
        Assert.Equal(HttpVersion.Version20, client.DefaultRequestVersion);
    }

    [Fact]
    public void A_handler_of_another_kind_is_left_alone()
    {
        using var stub = new StubHandler();
        _services.AddHctef().ConfigureHttpClient(c => c.ConfigurePrimaryHttpMessageHandler(() => stub));
        using ServiceProvider provider = _services.BuildServiceProvider();

        Assert.Same(stub, Chain(provider)[^1]);
    }

    [Fact]
    public async Task A_handler_that_was_used_with_them_on_is_refused()
    {
        using var used = new SocketsHttpHandler();
        await StartAsync(used);
        _services.AddHctef().ConfigureHttpClient(c => c.ConfigurePrimaryHttpMessageHandler(() => used));
        await using ServiceProvider provider = _services.BuildServiceProvider();

        var e = Assert.Throws<InvalidOperationException>(() => Chain(provider));
        Assert.Contains("'Hctef'", e.Message, StringComparison.Ordinal);
        Assert.Contains("redirects, cookies, decompression, or credentials", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_was_used_with_them_off_is_taken()
    {
        // With a meter factory of its own: the client factory would set one, and fail on a handler that has started.
        using var used = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, MeterFactory = new Meters() };
        await StartAsync(used);
        _services.ConfigureHttpClientDefaults(c => c.ConfigurePrimaryHttpMessageHandler(() => used));
        _services.AddHctef();
        await using ServiceProvider provider = _services.BuildServiceProvider();

        Assert.Same(used, Chain(provider)[^1]);
    }

    [Fact]
    public void The_factorys_loggers_can_be_brought_back()
    {
        _services.AddLogging();
        _services.AddHctef().ConfigureHttpClient(c => c.AddDefaultLogger());
        using ServiceProvider provider = _services.BuildServiceProvider();

        Assert.Contains(Chain(provider), h => h.GetType().Name.Contains("Logging", StringComparison.Ordinal));
    }

    /// <summary>Lets a handler start without a network: its first request fails at the connection.</summary>
    private static async Task StartAsync(SocketsHttpHandler handler)
    {
        handler.ConnectCallback = (_, _) => throw new IOException("no network");
        using var client = new HttpMessageInvoker(handler, disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://example.com/");
        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, CancellationToken.None));
    }

    private static HttpMessageHandler[] Chain(IServiceProvider provider, string name = "Hctef")
    {
        var chain = new List<HttpMessageHandler>();
        HttpMessageHandler? handler = provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(name);
        for (; handler is not null; handler = (handler as DelegatingHandler)?.InnerHandler)
            chain.Add(handler);
        return [.. chain];
    }

    private static HttpClientFactoryOptions FactoryOptions(IServiceProvider provider) =>
        provider.GetRequiredService<IOptionsMonitor<HttpClientFactoryOptions>>().Get("Hctef");

    private static void AssertRestricted(HttpMessageHandler handler)
    {
        (bool Redirects, bool Cookies, DecompressionMethods Decompression) state = handler switch
        {
            SocketsHttpHandler s => (s.AllowAutoRedirect, s.UseCookies, s.AutomaticDecompression),
            HttpClientHandler c => (c.AllowAutoRedirect, c.UseCookies, c.AutomaticDecompression),
            _ => throw new ArgumentOutOfRangeException(nameof(handler)),
        };
        Assert.Equal((false, false, DecompressionMethods.None), state);
    }

    private sealed class Marker(string name) : DelegatingHandler
    {
        public string Name { get; } = name;
    }

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }

    private sealed class StubHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage());
    }
}
