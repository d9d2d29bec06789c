using Hctef;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <content>The tiers of the cache below the memory.</content>
public static partial class HctefServiceCollectionExtensions
{
    /// <summary>
    /// Keeps what was fetched on this machine's disk, too: it survives restarts, and all processes that name the same folder share it.
    /// </summary>
    /// <remarks>
    /// <see cref="HctefCacheOptions.Disk"/> holds its options; <c>Cache:Disk:Path</c> in configuration does the same as this method, and wins
    /// over it. Wrong options fail the start of a host with an <see cref="OptionsValidationException"/>, and without a host the first use.
    /// What is wrong with the folder itself fails nothing: the tier stays off, and a warning says so.
    /// </remarks>
    /// <param name="builder">The registration.</param>
    /// <param name="path">The folder, by its absolute path; it is created if it does not exist.</param>
    /// <param name="configure">Sets further options of the tier; may be null.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="path"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty or blank.</exception>
    public static IHctefBuilder UseDiskCache(this IHctefBuilder builder, string path, Action<DiskCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return builder.Configure(options =>
        {
            options.Cache.Disk.Path = path;
            configure?.Invoke(options.Cache.Disk);
        });
    }

    /// <summary>Keeps what was fetched in the <see cref="IDistributedCache"/> of the container, too, which several machines share.</summary>
    /// <remarks>
    /// <see cref="HctefCacheOptions.Distributed"/> holds its options; <c>Cache:Distributed:Enabled</c> in configuration does the same as this
    /// method, and wins over it. Wrong options, and a container without such a cache, fail the start of a host with an
    /// <see cref="OptionsValidationException"/>. Without a host they fail the first use, the latter with an
    /// <see cref="InvalidOperationException"/>.
    /// </remarks>
    /// <param name="builder">The registration.</param>
    /// <param name="configure">Sets options of the tier; may be null.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IHctefBuilder UseDistributedCache(this IHctefBuilder builder, Action<DistributedCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Configure(options =>
        {
            options.Cache.Distributed.Enabled = true;
            configure?.Invoke(options.Cache.Distributed);
        });
    }
}
