using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Hctef.Options;

/// <summary>Holds the keys of a configuration section against the options that there are; one that is none is a typing error.</summary>
internal static class ConfigurationKeys
{
    /// <summary>Gets the entries of a section or list.</summary>
    /// <exception cref="InvalidOperationException">It has a value instead, which the binder would pass over without a word.</exception>
    public static IEnumerable<IConfigurationSection> Entries(IConfigurationSection parent)
    {
        if (!string.IsNullOrEmpty(parent.Value))
            throw new InvalidOperationException($"The configuration key '{parent.Path}' has a value, but must be a section or list.");

        return parent.GetChildren();
    }

    /// <summary>Refuses keys below a section that are no options of a type, and values where sections belong and the reverse.</summary>
    /// <exception cref="InvalidOperationException">One is; the message names its path and the options that there are.</exception>
    public static void Check<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(IConfigurationSection section)
    {
        PropertyInfo[] options = [.. typeof(T).GetProperties().Where(static property => !typeof(Delegate).IsAssignableFrom(property.PropertyType))];
        foreach (IConfigurationSection key in Entries(section))
        {
            PropertyInfo option = Array.Find(options, option => option.Name.Equals(key.Key, StringComparison.OrdinalIgnoreCase))
                ?? throw Unknown(key, options.Select(static option => option.Name));
            if (IsSection(option.PropertyType))
                _ = Entries(key);
            else if (key.GetChildren().Any())
                throw new InvalidOperationException($"The configuration key '{key.Path}' is a section or list, but must be a value.");
        }
    }

    /// <summary>Makes the exception of a key that is no option.</summary>
    public static InvalidOperationException Unknown(IConfigurationSection key, IEnumerable<string> options) =>
        new($"The configuration key '{key.Path}' is not known: '{key.Key}' is none of {string.Join(", ", options)}.");

    private static bool IsSection(Type type) =>
        type != typeof(string)
        && (typeof(IEnumerable).IsAssignableFrom(type) || (type.IsClass && type.Namespace == typeof(HctefOptions).Namespace));
}
