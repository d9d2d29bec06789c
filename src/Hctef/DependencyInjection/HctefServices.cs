using System.Diagnostics.Metrics;
using Hctef.Diagnostics;
using Hctef.Files;
using Hctef.Http;
using Hctef.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Hctef.DependencyInjection;

/// <summary>Adds the services of a registration, once.</summary>
internal static class HctefServices
{
    /// <summary>Adds the services of a registration unless they are there; what the user has registered stays.</summary>
    public static IHctefBuilder Add(IServiceCollection services, string name)
    {
        var registration = new HctefRegistration(name);
        IHttpClientBuilder client = services.AddHttpClient(registration.ClientName);
        if (!Contains(services, registration))
        {
            services.AddSingleton(registration);
            AddOptions(services, registration);
            AddFactory(services, registration);
            AddFiles(services, registration);
            HttpClientSetup.Configure(client, registration);
        }

        return new HctefBuilder(name, services, client);
    }

    private static bool Contains(IServiceCollection services, HctefRegistration registration) =>
        services.Any(s => s.ServiceType == typeof(HctefRegistration) && registration.Equals(s.ImplementationInstance));

    private static void AddOptions(IServiceCollection services, HctefRegistration registration)
    {
        services.AddOptions<HctefOptions>(registration.Name).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HctefOptions>, HctefOptionsValidator>());
        services.AddOptions<ClientReadiness>(registration.Name).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ClientReadiness>, ClientReadinessValidator>());
        services.AddOptions<CacheReadiness>(registration.Name).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CacheReadiness>, CacheReadinessValidator>());
        registration.TryAddSingleton(
            services,
            provider => new HctefOptionsSource(
                registration.Name, provider.GetRequiredService<IOptionsMonitor<HctefOptions>>(), HctefLoggers.Create(provider)));
    }

    private static void AddFactory(IServiceCollection services, HctefRegistration registration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static provider => new HctefMetrics(provider.GetRequiredService<IMeterFactory>().Create(HctefDiagnostics.MeterName)));
        services.TryAddSingleton<IEgressNetwork, EgressNetwork>();
        registration.TryAddSingleton(services, static _ => new ClientHandlers());
        registration.TryAddSingleton(services, provider => CreateEngine(provider, registration));
        registration.TryAddSingleton<OpenFile>(
            services,
            provider => (uri, options, cancellationToken) =>
                registration.GetService<HctefEngine>(provider).OpenAsync(uri, options, cancellationToken));
        registration.TryAddSingleton<IRangeReaderFactory>(
            services,
            provider => new RangeReaderFactory(
                registration.GetService<HctefOptionsSource>(provider),
                registration.GetService<OpenFile>(provider),
                (cacheKeys, cancellationToken) => registration.GetService<HctefEngine>(provider).EvictAsync(cacheKeys, cancellationToken),
                provider));
    }

    private static HctefEngine CreateEngine(IServiceProvider provider, HctefRegistration registration)
    {
        HctefOptions options = registration.GetService<HctefOptionsSource>(provider).Current;
        return new HctefEngine(
            registration.Name,
            registration.ClientName,
            options,
            provider.GetRequiredService<IHttpClientFactory>(),
            provider.GetRequiredService<TimeProvider>(),
            HctefLoggers.GetFactory(provider),
            provider.GetRequiredService<HctefMetrics>(),
            registration.GetService<ClientHandlers>(provider),
            CacheTiers.Create(options.Cache, registration, provider));
    }

    private static void AddFiles(IServiceCollection services, HctefRegistration registration)
    {
        services.TryAddSingleton<RemoteFileDirectory>();
        services.TryAddKeyedSingleton<IRemoteFile>(
            KeyedService.AnyKey,
            static (provider, key) => provider.GetRequiredService<RemoteFileDirectory>().Get(key));
        services.TryAddSingleton(static provider => provider.GetRequiredService<RemoteFileDirectory>().GetSingle());
        registration.TryAddSingleton(
            services,
            provider => new RegisteredFilesCloser(
                registration.GetService<HctefEngine>(provider),
                provider.GetRequiredService<RemoteFileDirectory>(),
                registration));

        services.AddOptions<RemoteFileNames>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RemoteFileNames>, RemoteFileNamesValidator>());
        services.AddHostedService<RemoteFileStarter>();
    }
}
