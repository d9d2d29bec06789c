using Hctef.Files;
using Hctef.Tests.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Hctef.Tests.DependencyInjection;

/// <summary>What tests of registration share.</summary>
internal static class TestContainer
{
    /// <summary>A section named Hctef of an in-memory configuration; keys are relative to it.</summary>
    public static IConfigurationSection Section(params (string Key, string? Value)[] settings)
    {
        return new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create("Hctef:" + s.Key, s.Value)))
            .Build()
            .GetSection(HctefOptions.SectionName);
    }

    /// <summary>Makes files open without a network.</summary>
    public static IServiceCollection OpenBy(this IServiceCollection services, FakeOpener opener, string? key = null)
    {
        return key is null
            ? services.AddSingleton<OpenFile>(opener.OpenAsync)
            : services.AddKeyedSingleton<OpenFile>(key, opener.OpenAsync);
    }

    public static HctefOptions GetHctefOptions(this IServiceProvider services, string name = "") =>
        services.GetRequiredService<IOptionsMonitor<HctefOptions>>().Get(name);

    /// <summary>Does what a host does at its start.</summary>
    public static void ValidateAsAtStart(this IServiceProvider services) => services.GetRequiredService<IStartupValidator>().Validate();
}
