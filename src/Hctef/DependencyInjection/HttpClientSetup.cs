using Hctef.Diagnostics;
using Hctef.Http;
using Hctef.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace Hctef.DependencyInjection;

/// <summary>
/// Sets up the named HTTP client of a registration: first the defaults, which a user may change, and last, whatever was added
/// before and after, what Hctef cannot do without.
/// </summary>
internal static class HttpClientSetup
{
    public static void Configure(IHttpClientBuilder client, HctefRegistration registration)
    {
        // Rotation of handlers would drop the connection pool; PooledConnectionLifetime renews connections instead.
        client.SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers()
            .ConfigureHttpClient(static http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler((handler, provider) =>
                PrimaryHandler.ApplyDefaults(handler, GetOptions(provider, registration).Transport));

        client.Services.PostConfigure<HttpClientFactoryOptions>(
            registration.ClientName,
            options => options.HttpMessageHandlerBuilderActions.Add(handlers => Complete(handlers, registration)));
    }

    private static void Complete(HttpMessageHandlerBuilder handlers, HctefRegistration registration)
    {
        HctefOptions options = GetOptions(handlers.Services, registration);
        ClientHandlers known = Inspect(handlers, registration);
        PrimaryHandler.Restrict(handlers.PrimaryHandler, registration.ClientName);
        handlers.AdditionalHandlers.Add(new RedirectHandler(
            options.Transport.MaxRedirects,
            handlers.Services.GetRequiredService<TimeProvider>(),
            known.RepeatRequests ? known.Breaker : null));
        if (EgressPolicy.Create(options.Egress) is { } policy)
        {
            var connector = new EgressConnector(policy, handlers.Services.GetRequiredService<IEgressNetwork>());
            EgressGuard.Restrict(handlers.PrimaryHandler, connector, HttpClient.DefaultProxy, registration.ClientName);
            handlers.AdditionalHandlers.Add(new EgressHandler(policy));
        }
    }

    /// <summary>Looks for handlers that Hctef must give way to, or depends on.</summary>
    private static ClientHandlers Inspect(HttpMessageHandlerBuilder handlers, HctefRegistration registration)
    {
        ClientHandlers known = registration.GetService<ClientHandlers>(handlers.Services);
        known.Inspect([.. handlers.AdditionalHandlers, handlers.PrimaryHandler]);
        if (known.RepeatRequests)
            Log.RetriesLeftToHandler(HctefLoggers.Create(handlers.Services), registration.ClientName);
        return known;
    }

    private static HctefOptions GetOptions(IServiceProvider provider, HctefRegistration registration) =>
        registration.GetService<HctefOptionsSource>(provider).Current;
}
