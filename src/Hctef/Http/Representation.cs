namespace Hctef.Http;

/// <summary>The version of a file that a reply carries: its length and its validators, raw.</summary>
internal sealed record Representation
{
    public required long Length { get; init; }

    /// <summary>The entity tag as it was sent, quotes and weakness included.</summary>
    public string? EntityTag { get; init; }

    public bool HasStrongEntityTag => EntityTagComparison.IsStrong(EntityTag);

    public string? LastModifiedRaw { get; init; }

    public DateTimeOffset? LastModified => HttpDate.Parse(LastModifiedRaw);

    /// <summary>Whether the date is a strong validator by the reply's own <c>Date</c> (RFC 9110, section 8.8.2.2).</summary>
    public bool LastModifiedIsStrong { get; init; }

    public string? ContentType { get; init; }

    /// <summary>What the reply said about keeping it; no part of the version.</summary>
    public CacheRules CacheRules { get; init; } = CacheRules.None;

    public RemoteFileInfo ToInfo(bool immutable = false) => new()
    {
        Length = Length,
        EntityTag = EntityTag,
        LastModified = LastModified,
        ContentType = ContentType,
        Consistency = (immutable, HasStrongEntityTag, LastModifiedIsStrong) switch
        {
            (true, _, _) => RemoteFileConsistency.Immutable,
            (_, true, _) => RemoteFileConsistency.StrongEntityTag,
            (_, _, true) => RemoteFileConsistency.StrongDate,
            _ => RemoteFileConsistency.ThisOpenOnly,
        },
    };
}
