using Microsoft.Extensions.DependencyInjection;

namespace Hctef.DependencyInjection;

/// <summary>Configures one registration.</summary>
internal sealed class HctefBuilder(string name, IServiceCollection services, IHttpClientBuilder httpClientBuilder) : IHctefBuilder
{
    public string Name { get; } = name;

    public IServiceCollection Services { get; } = services;

    public IHttpClientBuilder HttpClientBuilder { get; } = httpClientBuilder;
}
