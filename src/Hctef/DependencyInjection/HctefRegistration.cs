using Hctef.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Hctef.DependencyInjection;

/// <summary>
/// One call of <c>AddHctef</c> or one name of <c>AddKeyedHctef</c>: how its services are told from those of the others. As a
/// service, it marks that the registration's services are there, and lists the registrations of a container.
/// </summary>
/// <param name="Name">The name of its options and the service key; empty for the default registration, which is not keyed.</param>
internal sealed record HctefRegistration(string Name)
{
    /// <summary>The name of its HTTP client.</summary>
    public string ClientName { get; } = HctefNames.Of(Name);

    private bool IsDefault => Name.Length == 0;

    /// <summary>Adds a singleton of this registration unless there is one.</summary>
    public void TryAddSingleton<T>(IServiceCollection services, Func<IServiceProvider, T> create)
        where T : class
    {
        if (IsDefault)
            services.TryAddSingleton(create);
        else
            services.TryAddKeyedSingleton(Name, (provider, _) => create(provider));
    }

    /// <summary>Gets a service of this registration.</summary>
    public T GetService<T>(IServiceProvider services)
        where T : class
    {
        return IsDefault ? services.GetRequiredService<T>() : services.GetRequiredKeyedService<T>(Name);
    }
}
