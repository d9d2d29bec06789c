using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.ServiceDiscovery.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>As in the packages Microsoft.Extensions.Http.Resilience and Microsoft.Extensions.ServiceDiscovery, which the tests do without.</summary>
internal static class HttpClientBuilderExtensions
{
    public static IHttpClientBuilder AddStandardResilienceHandler(this IHttpClientBuilder builder) =>
        builder.AddHttpMessageHandler(static () => new ResilienceHandler(attempts: 4));

    public static IHttpClientBuilder SelectPipelineByAuthority(this IHttpClientBuilder builder) => builder;

    public static IHttpClientBuilder AddServiceDiscovery(this IHttpClientBuilder builder) =>
        builder.AddHttpMessageHandler(static () => new ResolvingHttpDelegatingHandler("files", new Uri("http://127.0.0.1/")));
}
