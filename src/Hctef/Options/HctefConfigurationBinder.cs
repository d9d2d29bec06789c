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

        foreach (IConfigurationSection part in Children(section))
            BindPart(part, options);
    }

    private static IEnumerable<IConfigurationSection> Children(IConfigurationSection parent)
    {
        // A scalar where a section belongs would be passed over by the binder without a word.
        if (!string.IsNullOrEmpty(parent.Value))
            throw new InvalidOperationException($"The configuration key '{parent.Path}' has a value, but must be a section or list.");

        return parent.GetChildren();
    }

    private static void BindPart(IConfigurationSection part, HctefOptions options)
    {
        if (Is(part, nameof(options.Cache)))
            Bind(part, () => part.Bind(options.Cache, FailOnUnknownKeys));
        else if (Is(part, nameof(options.Transport)))
            Bind(part, () => part.Bind(options.Transport, FailOnUnknownKeys));
        else if (Is(part, nameof(options.Retry)))
            Bind(part, () => part.Bind(options.Retry, FailOnUnknownKeys));
        else if (Is(part, nameof(options.Egress)))
            BindEgress(part, options.Egress);
        else if (Is(part, nameof(options.FileDefaults)))
            BindFile(part, options.FileDefaults);
        else if (Is(part, nameof(options.Files)))
            BindFiles(part, options);
        else
            throw new InvalidOperationException($"The configuration key '{part.Path}' is not known: '{part.Key}' is no option of Hctef.");
    }

    private static bool Is(IConfigurationSection part, string name) => part.Key.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static void BindEgress(IConfigurationSection egress, HctefEgressOptions options)
    {
        _ = Children(egress.GetSection(nameof(options.AllowedHosts)));
        _ = Children(egress.GetSection(nameof(options.DeniedHosts)));
        _ = Children(egress.GetSection(nameof(options.AllowedSchemes)));
        _ = Children(egress.GetSection(nameof(options.AllowedPorts)));
        Bind(egress, () => egress.Bind(options, FailOnUnknownKeys));
    }

    private static void BindFiles(IConfigurationSection files, HctefOptions options)
    {
        foreach (IConfigurationSection file in Children(files))
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

        _ = Children(file.GetSection(nameof(options.Headers)));
        _ = Children(file.GetSection(nameof(options.ForwardHeadersTo)));
        Bind(file, () => file.Bind(options, FailOnUnknownKeys));
    }

    private static void Bind(IConfigurationSection part, Action bind)
    {
        _ = Children(part);
        try
        {
            bind();
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"The configuration section '{part.Path}' does not fit: {e.Message}", e);
        }
    }

    private static void FailOnUnknownKeys(BinderOptions binder) => binder.ErrorOnUnknownConfiguration = true;
}
