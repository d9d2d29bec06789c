namespace Hctef.Caching.Distributed;

/// <summary>What an origin has shown of a file's current version, told by one machine to the others.</summary>
internal sealed record SharedVersion
{
    /// <summary>The file's length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>The strong entity tag, as it was sent.</summary>
    public string? EntityTag { get; init; }

    public string? LastModifiedRaw { get; init; }

    public bool LastModifiedIsStrong { get; init; }

    public string? ContentType { get; init; }

    /// <summary>Who shares the version's bytes, from <see cref="SharedVersions.DigestOf"/>.</summary>
    public required PartitionDigest Partition { get; init; }

    /// <summary>Whether that partition is the one of whoever asks as the machine did that asked.</summary>
    public bool PartitionIsAskers { get; init; }

    /// <summary>Whether it may be opened without asking the origin; set when it is found.</summary>
    public bool IsTrusted { get; init; }

    public bool IsOf(string partition) => Partition.IsOf(partition);
}
