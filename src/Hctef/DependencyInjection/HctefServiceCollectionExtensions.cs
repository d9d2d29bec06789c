using Hctef;
using Hctef.DependencyInjection;
using Hctef.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

// In this namespace, so that hosts find the methods without a further using directive.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers Hctef and its files.</summary>
/// <remarks>
/// Every method may be called any number of times: services are added once and what is configured adds up. Configuration
/// sections win over code, whatever the order of the calls. Options are validated when the host starts.
/// </remarks>
public static partial class HctefServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IRangeReaderFactory"/> with the default options.</summary>
    /// <param name="services">The services to add to.</param>
    /// <returns>A builder that registers files and configures the HTTP client.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IHctefBuilder AddHctef(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return HctefServices.Add(services, Options.Options.DefaultName);
    }

    /// <summary>Adds <see cref="IRangeReaderFactory"/> with options that code sets.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>A builder that registers files and configures the HTTP client.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IHctefBuilder AddHctef(this IServiceCollection services, Action<HctefOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        return HctefServices.Add(services, Options.Options.DefaultName).Configure(configure);
    }

    /// <summary>Adds <see cref="IRangeReaderFactory"/> with options from configuration.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="section">
    /// The section that holds <see cref="HctefOptions"/>, customarily <see cref="HctefOptions.SectionName"/>. An absent section
    /// means defaults; a key in it that is no option fails the start.
    /// </param>
    /// <returns>A builder that registers files and configures the HTTP client.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IHctefBuilder AddHctef(this IServiceCollection services, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        return HctefServices.Add(services, Options.Options.DefaultName).Bind(section);
    }

    /// <summary>
    /// Adds a further <see cref="IRangeReaderFactory"/> under a service key, with options, an HTTP client and a cache of its own.
    /// </summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="name">The service key, which is also the name of the options; not empty.</param>
    /// <param name="configure">Sets options; may be null.</param>
    /// <returns>A builder that registers files and configures the HTTP client.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="name"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or blank.</exception>
    public static IHctefBuilder AddKeyedHctef(this IServiceCollection services, string name, Action<HctefOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        IHctefBuilder builder = HctefServices.Add(services, name);
        return configure is null ? builder : builder.Configure(configure);
    }

    /// <summary>
    /// Adds a further <see cref="IRangeReaderFactory"/> under a service key, with options from configuration, an HTTP client and a
    /// cache of its own.
    /// </summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="name">The service key, which is also the name of the options; not empty.</param>
    /// <param name="section">
    /// The section that holds <see cref="HctefOptions"/>. An absent section means defaults; a key in it that is no option fails the
    /// start.
    /// </param>
    /// <returns>A builder that registers files and configures the HTTP client.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or blank.</exception>
    public static IHctefBuilder AddKeyedHctef(this IServiceCollection services, string name, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(section);
        return HctefServices.Add(services, name).Bind(section);
    }

    private static IHctefBuilder Configure(this IHctefBuilder builder, Action<HctefOptions> configure)
    {
        builder.Services.Configure(builder.Name, configure);
        return builder;
    }

    private static IHctefBuilder Bind(this IHctefBuilder builder, IConfigurationSection section)
    {
        builder.Services.AddSingleton<IPostConfigureOptions<HctefOptions>>(new HctefConfigurationBinder(builder.Name, section));
        builder.Services.AddSingleton<IOptionsChangeTokenSource<HctefOptions>>(
            new ConfigurationChangeTokenSource<HctefOptions>(builder.Name, section));
        return builder;
    }
}
