namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Configures one registration of Hctef.</summary>
public interface IHctefBuilder
{
    /// <summary>
    /// The name of the registration, which is the name of its options and the service key of its
    /// <see cref="Hctef.IRangeReaderFactory"/>; empty for the default one, which is not keyed.
    /// </summary>
    string Name { get; }

    /// <summary>The services that Hctef was added to.</summary>
    IServiceCollection Services { get; }

    /// <summary>
    /// The builder of the registration's HTTP client, which is named <c>Hctef</c> or <c>Hctef:{name}</c>. Handlers that are added
    /// see one request per range, before redirects.
    /// </summary>
    IHttpClientBuilder HttpClientBuilder { get; }
}
