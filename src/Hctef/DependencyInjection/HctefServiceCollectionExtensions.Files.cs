using Hctef;
using Hctef.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <content>Registered files and the HTTP client of a registration.</content>
public static partial class HctefServiceCollectionExtensions
{
    /// <summary>
    /// Registers a file as a keyed singleton <see cref="IRemoteFile"/>, which opens on its first use and which the container
    /// closes. The only registered file is also injected without a key.
    /// </summary>
    /// <param name="builder">The registration that the file belongs to.</param>
    /// <param name="name">
    /// The service key. Names ignore case and are unique over all registrations; the same name again changes the file.
    /// </param>
    /// <param name="url">The absolute http or https URL of the file.</param>
    /// <param name="configure">Sets further options of the file; may be null.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="builder"/>, <paramref name="name"/> or <paramref name="url"/> is null.
    /// </exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or blank.</exception>
    public static IHctefBuilder AddRemoteFile(
        this IHctefBuilder builder,
        string name,
        Uri url,
        Action<RemoteFileOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(url);
        return builder.Configure(options =>
        {
            RemoteFileOptions file = options.GetOrAddFile(name);
            file.Url = url;
            configure?.Invoke(file);
        });
    }

    /// <summary>Sets options of a registered file with the help of services: a token, a tenant, a URL from elsewhere.</summary>
    /// <param name="builder">The registration that the file belongs to.</param>
    /// <param name="name">The file's name, in any case; it may be registered in code or configuration, before or after.</param>
    /// <param name="configure">Sets the options. Configuration wins over what it sets.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or blank.</exception>
    public static IHctefBuilder ConfigureRemoteFile(
        this IHctefBuilder builder,
        string name,
        Action<IServiceProvider, RemoteFileOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddOptions<HctefOptions>(builder.Name)
            .Configure<IServiceProvider>((options, services) => configure(services, options.GetOrAddFile(name)));
        return builder;
    }

    /// <summary>Configures the HTTP client of a registration: handlers, proxy, certificates, HTTP version.</summary>
    /// <remarks>
    /// Redirects, cookies and decompression stay off on its primary handler, whatever is configured: Hctef follows redirects itself,
    /// behind all handlers that are added here.
    /// </remarks>
    /// <param name="builder">The registration.</param>
    /// <param name="configure">Configures the client.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IHctefBuilder ConfigureHttpClient(this IHctefBuilder builder, Action<IHttpClientBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        configure(builder.HttpClientBuilder);
        return builder;
    }
}
