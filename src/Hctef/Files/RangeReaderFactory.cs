using Hctef.Http;
using Hctef.Options;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Files;

/// <summary>
/// The factory of one registration. It holds no client and no cache: <paramref name="open"/> makes the engine when the first file
/// opens, with the options of that moment, or <paramref name="evict"/> does; the defaults of files are read at each opening.
/// </summary>
internal sealed class RangeReaderFactory(HctefOptionsSource options, OpenFile open, EvictFiles evict, IServiceProvider services)
    : IRangeReaderFactory
{
    public Task<IRemoteFile> OpenAsync(Uri uri, RemoteFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ThrowIfInvalid(options);
        return OpenValidAsync(uri, options, cancellationToken);
    }

    public IRemoteFile GetFile(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return services.GetRequiredKeyedService<IRemoteFile>(name);
    }

    public Task EvictAsync(Uri uri, RemoteFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ThrowIfInvalid(options);
        return EvictValidAsync(uri, options, cancellationToken);
    }

    private static void ThrowIfInvalid(RemoteFileOptions? options)
    {
        if (options is null)
            return;

        var problems = new OptionsProblems("Hctef");
        RemoteFileOptionsRules.Check(options, nameof(RemoteFileOptions) + ".", problems);
        if (problems.Any)
            throw new ArgumentException(problems.ToString(), nameof(options));
    }

    private static void ThrowIfNoRoom(RemoteFileOptions? options, HctefCacheOptions cache)
    {
        var problems = new OptionsProblems("Hctef");
        RemoteFileOptionsRules.CheckRoom(options, cache, nameof(RemoteFileOptions) + ".", problems);
        if (problems.Any)
            throw new ArgumentException(problems.ToString(), nameof(options));
    }

    private async Task<IRemoteFile> OpenValidAsync(Uri uri, RemoteFileOptions? perOpen, CancellationToken cancellationToken)
    {
        HttpUrl.ThrowIfNotOpenable(uri);
        HctefOptions registration = options.Current;
        ThrowIfNoRoom(perOpen, registration.Cache);
        ResolvedFileOptions resolved = FileOptionsResolver.Resolve(perOpen, named: null, registration.FileDefaults);
        return await open(uri, resolved, cancellationToken).ConfigureAwait(false);
    }

    private async Task EvictValidAsync(Uri uri, RemoteFileOptions? given, CancellationToken cancellationToken)
    {
        HttpUrl.ThrowIfNotOpenable(uri);
        string url = CacheKey.Of(uri);
        IEnumerable<string> ofRegistered = options.Current.Files.Values
            .Where(file => CacheKey.Of(file.Url!) == url)
            .Select(file => file.CacheKey ?? url);
        await evict([.. ofRegistered.Prepend(given?.CacheKey ?? url).Distinct(StringComparer.Ordinal)], cancellationToken)
            .ConfigureAwait(false);
    }
}
