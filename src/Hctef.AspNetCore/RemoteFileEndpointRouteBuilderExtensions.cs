using System.Diagnostics.CodeAnalysis;
using Hctef;
using Hctef.AspNetCore.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// In this namespace, so that applications find the methods without a further using directive.
namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps remote files of Hctef to endpoints.</summary>
public static class RemoteFileEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves a registered file to <c>GET</c> and <c>HEAD</c>: single ranges, conditional requests (RFC 9110, sections 13 and 14), entity
    /// tag and date as its origin tells them.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Bytes come through the cache and go out as they arrive; a request holds 256 KiB of them at most. Several ranges are answered with
    /// the whole file (200). A client that leaves ends its own reads only. <c>If-Range</c> holds for strong entity tags, and for dates that
    /// are known to be strong (<see cref="RemoteFileConsistency.StrongDate"/>, <see cref="RemoteFileConsistency.Immutable"/>).
    /// </para>
    /// <para>
    /// What is served is the version that is open. The origin is asked only for bytes that are not cached;
    /// <see cref="IRemoteFile.RevalidateAsync"/> asks it whether there is another version, which is served then if the file is registered
    /// with <see cref="ChangePolicy.Reopen"/>. A reply never holds bytes of two versions.
    /// </para>
    /// <para>
    /// Until the first bytes are there a failure is answered: 404 and 410 as the origin did, 503 (with its <c>Retry-After</c>) for its 429
    /// and 503, 504 for a timeout, 502 for all else. A failure behind them aborts the reply.
    /// </para>
    /// </remarks>
    /// <param name="endpoints">Where to add the endpoint.</param>
    /// <param name="pattern">The route pattern.</param>
    /// <param name="name">The name of the registered file, in any case.</param>
    /// <returns>A builder for further conventions: authorization, caching, rate limits.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or blank.</exception>
    /// <exception cref="InvalidOperationException">No file of that name is registered; the message lists those that are.</exception>
    public static IEndpointConventionBuilder MapRemoteFile(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, string name)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        IServiceProvider services = endpoints.ServiceProvider;
        var endpoint = new RemoteFileEndpoint(
            name,
            services.GetRequiredKeyedService<IRemoteFile>(name),
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Hctef.AspNetCore"));
        return endpoints.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], endpoint.HandleAsync);
    }
}
