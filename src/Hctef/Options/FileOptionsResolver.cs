namespace Hctef.Options;

/// <summary>
/// Resolves what one opening inherits: from the call, then the registered file, then the defaults, then the built-in value.
/// </summary>
internal static class FileOptionsResolver
{
    public static ResolvedFileOptions Resolve(RemoteFileOptions? perOpen, RemoteFileOptions? named, RemoteFileOptions defaults)
    {
        RemoteFileOptions[] layers = [.. Present(perOpen), .. Present(named), defaults];
        return new ResolvedFileOptions
        {
            CacheKey = perOpen?.CacheKey ?? named?.CacheKey,
            Partition = First(layers, static o => o.Partition),
            ExpectedEntityTag = perOpen?.ExpectedEntityTag ?? named?.ExpectedEntityTag,
            Headers = MergeHeaders(layers),
            ForwardHeadersTo = UnionOfHosts(layers),
            PrefetchBytes = First(layers, static o => o.PrefetchBytes) ?? HctefDefaults.PrefetchBytes,
            PrefetchDirection = First(layers, static o => o.PrefetchDirection) ?? HctefDefaults.Direction,
            MinimumRangeRequestBytes = First(layers, static o => o.MinimumRangeRequestBytes) ?? HctefDefaults.MinimumRangeRequestBytes,
            ReadaheadBytes = First(layers, static o => o.ReadaheadBytes),
            Immutable = First(layers, static o => o.Immutable) ?? false,
            WhenRangesUnsupported = First(layers, static o => o.WhenRangesUnsupported) ?? RangeFallback.Throw,
            MaxDownloadBytes = First(layers, static o => o.MaxDownloadBytes),
            OnChange = First(layers, static o => o.OnChange) ?? ChangePolicy.Fail,
            Refresh = First(layers, static o => o.Refresh),
        };
    }

    private static RemoteFileOptions[] Present(RemoteFileOptions? layer) => layer is null ? [] : [layer];

    private static T? First<T>(RemoteFileOptions[] layers, Func<RemoteFileOptions, T?> member) =>
        layers.Select(member).FirstOrDefault(value => value is not null);

    private static List<KeyValuePair<string, string>> MergeHeaders(RemoteFileOptions[] layers) =>
        [.. layers.SelectMany(layer => layer.Headers).DistinctBy(header => header.Key, StringComparer.OrdinalIgnoreCase)];

    private static List<string> UnionOfHosts(RemoteFileOptions[] layers) =>
        [.. layers.SelectMany(layer => layer.ForwardHeadersTo).Distinct(StringComparer.OrdinalIgnoreCase)];
}
