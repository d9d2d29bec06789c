using Hctef.Caching.Disk;
using Hctef.Caching.Distributed;
using Hctef.Caching.Tiers;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hctef.DependencyInjection;

/// <summary>Makes the tiers that the options of a registration ask for, the fastest first.</summary>
internal static class CacheTiers
{
    /// <summary>Makes the tiers.</summary>
    /// <exception cref="InvalidOperationException">The distributed tier is on, and the container has no store for it.</exception>
    public static IReadOnlyList<IBlockTier> Create(HctefCacheOptions options, HctefRegistration registration, IServiceProvider services)
    {
        List<IBlockTier> tiers = [];
        ILogger logger = HctefLoggers.Create(services);
        TimeProvider time = services.GetRequiredService<TimeProvider>();
        if (options.Disk.Path is not null)
            tiers.Add(new DiskTier(options.Disk, options.BlockBytes, time, logger));
        if (options.Distributed.Enabled)
            tiers.Add(new DistributedTier(options.Distributed, GetStore(options.Distributed, registration, services), time, logger));
        return tiers;
    }

    /// <summary>Finds the store of the distributed tier.</summary>
    public static IDistributedCache? FindStore(DistributedCacheOptions options, IServiceProvider services) => options.ServiceKey is { } key
        ? services.GetKeyedService<IDistributedCache>(key)
        : services.GetService<IDistributedCache>();

    /// <summary>Says that there is none.</summary>
    public static string NoStore(DistributedCacheOptions options, HctefRegistration registration)
    {
        string key = options.ServiceKey is { } name ? $" with the service key '{name}' ({Option(nameof(options.ServiceKey))})" : "";
        return $"{registration.ClientName}: {Option(nameof(options.Enabled))} is true, but no {nameof(IDistributedCache)}{key} is registered: "
            + "register one (AddStackExchangeRedisCache, for example), or switch the distributed tier off.";

        static string Option(string name) => $"{nameof(HctefOptions.Cache)}.{nameof(HctefCacheOptions.Distributed)}.{name}";
    }

    private static IDistributedCache GetStore(
        DistributedCacheOptions options, HctefRegistration registration, IServiceProvider services) =>
        FindStore(options, services) ?? throw new InvalidOperationException(NoStore(options, registration));
}
