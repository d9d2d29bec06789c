namespace Hctef.Http;

/// <summary>
/// What the handlers on the HTTP client of a registration do that Hctef must know of, told by the names of their types: it depends on
/// none of their packages.
/// </summary>
/// <remarks>
/// Written when the client's handlers are made, before the first client that has them is given out; so whoever has made a client reads
/// what holds for it.
/// </remarks>
internal sealed class ClientHandlers
{
    private const string Resilience = "Microsoft.Extensions.Http.Resilience.ResilienceHandler";

    // As it was called up to version 8.1.
    private const string ResilienceBefore = "Microsoft.Extensions.Http.Resilience.Internal.ResilienceHandler";

    private const string ServiceDiscovery = "Microsoft.Extensions.ServiceDiscovery.Http.ResolvingHttpDelegatingHandler";

    private volatile bool _repeatRequests;
    private volatile bool _resolveServices;

    /// <summary>Whether one repeats requests that fail, so that Hctef must not.</summary>
    public bool RepeatRequests => _repeatRequests;

    /// <summary>Whether one resolves names of services.</summary>
    public bool ResolveServices => _resolveServices;

    /// <summary>What the circuit breaker of a handler that repeats requests was seen to do.</summary>
    public SharedBreakerWatch Breaker { get; } = new();

    /// <summary>Looks through the handlers, and through those that they wrap.</summary>
    public void Inspect(IEnumerable<HttpMessageHandler> handlers)
    {
        HttpMessageHandler[] all = [.. handlers.SelectMany(Unwrap)];
        _repeatRequests = Array.Exists(all, static handler => IsA(handler, Resilience) || IsA(handler, ResilienceBefore));
        _resolveServices = Array.Exists(all, static handler => IsA(handler, ServiceDiscovery));
    }

    private static IEnumerable<HttpMessageHandler> Unwrap(HttpMessageHandler handler)
    {
        for (HttpMessageHandler? next = handler; next is not null; next = (next as DelegatingHandler)?.InnerHandler)
        {
            yield return next;
        }
    }

    private static bool IsA(HttpMessageHandler handler, string typeName)
    {
        for (Type? type = handler.GetType(); type is not null; type = type.BaseType)
        {
            if (string.Equals(type.FullName, typeName, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
