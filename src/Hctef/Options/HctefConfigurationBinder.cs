using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Hctef.Options;

/// <summary>
/// Binds a configuration section over what code has configured, in whatever order the two were added. A key that is not known
/// fails: it is a typing error.
/// </summary>
internal sealed class HctefConfigurationBinder(string optionsName, IConfigurationSection section) : IPostConfigureOptions<HctefOptions>
{
    public void PostConfigure(string? name, HctefOptions options)
    {
        if (name != optionsName)
            return;

        ConfigurationKeys.Check<HctefOptions>(section);
        foreach (IConfigurationSection part in section.GetChildren())
            BindPart(part, options);
    }

    private static void BindPart(IConfigurationSection part, HctefOptions options)
    {
        if (Is(part, nameof(options.Cache)))
            BindCache(part, options.Cache);
        else if (Is(part, nameof(options.Transport)))
            Bind<HctefTransportOptions>(part, () => part.Bind(options.Transport));
        else if (Is(part, nameof(options.Retry)))
            Bind<HctefRetryOptions>(part, () => part.Bind(options.Retry));
        else if (Is(part, nameof(options.Egress)))
            Bind<HctefEgressOptions>(part, () => part.Bind(options.Egress));
        else if (Is(part, nameof(options.FileDefaults)))
            BindFile(part, options.FileDefaults);
        else
            BindFiles(part, options);
    }

    private static bool Is(IConfigurationSection part, string name) => part.Key.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static void BindCache(IConfigurationSection cache, HctefCacheOptions options)
    {
        ConfigurationKeys.Check<DiskCacheOptions>(cache.GetSection(nameof(options.Disk)));
        ConfigurationKeys.Check<DistributedCacheOptions>(cache.GetSection(nameof(options.Distributed)));
        Bind<HctefCacheOptions>(cache, () => cache.Bind(options));
    }

    private static void BindFiles(IConfigurationSection files, HctefOptions options)
    {
        foreach (IConfigurationSection file in files.GetChildren())
            BindFile(file, options.GetOrAddFile(file.Key));
    }

    private static void BindFile(IConfigurationSection file, RemoteFileOptions options)
    {
        // The binder's own message would print the URL with its query.
        IConfigurationSection url = file.GetSection(nameof(options.Url));
        if (!string.IsNullOrEmpty(url.Value) && !Uri.TryCreate(url.Value, UriKind.RelativeOrAbsolute, out _))
            throw new InvalidOperationException($"The configuration key '{url.Path}' is not a URL.");

        // The binder would pass it over: a delegate has no text.
        IConfigurationSection refresh = file.GetSection(nameof(options.Refresh));
        if (refresh.Exists())
            throw new InvalidOperationException($"The configuration key '{refresh.Path}' is not known: Refresh is set in code only.");

        Bind<RemoteFileOptions>(file, () => file.Bind(options));
    }

    private static void Bind<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        IConfigurationSection part, Action bind)
    {
        ConfigurationKeys.Check<T>(part);
        try
        {
            bind();
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"The configuration section '{part.Path}' does not fit: {e.Message}", e);
        }
    }
}
