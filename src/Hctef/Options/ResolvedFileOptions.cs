namespace Hctef.Options;

/// <summary>The options of one opening with nothing left to inherit.</summary>
internal sealed record ResolvedFileOptions
{
    public string? CacheKey { get; init; }

    public string? Partition { get; init; }

    public string? ExpectedEntityTag { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public IReadOnlyList<string> ForwardHeadersTo { get; init; } = [];

    public long PrefetchBytes { get; init; } = HctefDefaults.PrefetchBytes;

    public PrefetchDirection PrefetchDirection { get; init; } = HctefDefaults.Direction;

    public int MinimumRangeRequestBytes { get; init; } = HctefDefaults.MinimumRangeRequestBytes;

    /// <summary>Null for as much as keeps the connections to the host busy.</summary>
    public long? ReadaheadBytes { get; init; }

    public bool Immutable { get; init; }

    public RangeFallback WhenRangesUnsupported { get; init; }

    /// <summary>Null for as much as half of the cache holds.</summary>
    public long? MaxDownloadBytes { get; init; }

    public ChangePolicy OnChange { get; init; }

    public Func<RefreshContext, CancellationToken, ValueTask<RefreshResult>>? Refresh { get; init; }
}
