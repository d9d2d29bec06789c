using Hctef.Caching;
using Hctef.Caching.Tiers;
using Hctef.Http;

namespace Hctef.Files;

/// <summary>One version of one file, and the blocks of it that all who have it open share. Its counts are under the table's lock.</summary>
internal sealed class FileVersion(string partition, Representation representation, bool immutable, BlockMap map)
{
    /// <summary>Whose cached bytes these are; empty for nobody's in particular.</summary>
    public string Partition { get; } = partition;

    public Representation Representation { get; } = representation;

    public bool Immutable { get; } = immutable;

    public BlockMap Map { get; } = map;

    /// <summary>What tiers below the memory keep of it; null where none does.</summary>
    public VersionTiers? Tiers { get; init; }

    public int Openers { get; set; } = 1;

    /// <summary>What keeps the blocks while the version is open, where the server serves it only as a whole.</summary>
    public BlockHold? Kept { get; set; }

    /// <summary>
    /// The key under which a later opening finds it; null if none does. A version that cannot be told from another is its opener's alone.
    /// </summary>
    public string? SharedAs { get; set; }

    /// <summary>
    /// Whether a version's blocks may serve another opening, as far as validators tell (RFC 9110, section 8.8) and the server allows
    /// (RFC 9111, section 3).
    /// </summary>
    public static bool CanBeShared(Representation representation, bool immutable) =>
        representation.CacheRules.CanBeShared
        && (immutable || representation.HasStrongEntityTag || representation.LastModifiedIsStrong);

    /// <summary>What tells the version's bytes from all others beyond this process.</summary>
    public static VersionIdentity Identify(string cacheKey, string partition, Representation representation, bool immutable)
    {
        string? tag = representation.EntityTag;
        bool byDate = !representation.HasStrongEntityTag && !immutable;
        string validator = (representation.HasStrongEntityTag, immutable) switch
        {
            (true, _) => $"tag {tag}",
            (_, true) => $"immutable {tag}",
            _ => $"date {representation.LastModifiedRaw} {tag}",
        };
        return new VersionIdentity(cacheKey, partition, validator, representation.Length) { IsByDate = byDate };
    }

    /// <summary>Whether a reply to another opening carries this very version.</summary>
    public bool IsSameAs(Representation other, bool otherImmutable)
    {
        if (VersionComparison.FindDifference(Representation, other) is not null)
        {
            return false;
        }

        bool byTag = Representation.HasStrongEntityTag && other.HasStrongEntityTag;
        bool byDate = Representation.EntityTag == other.EntityTag && Representation.LastModifiedIsStrong && other.LastModifiedIsStrong;
        return byTag || byDate || (Immutable && otherImmutable);
    }
}
