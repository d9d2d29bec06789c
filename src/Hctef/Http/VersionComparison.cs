namespace Hctef.Http;

/// <summary>Whether a reply is of the version that a file is pinned to.</summary>
internal static class VersionComparison
{
    /// <summary>Tells what differs, or <see langword="null"/> if nothing does that the validators can show.</summary>
    public static string? FindDifference(Representation pinned, Representation current)
    {
        if (current.Length != pinned.Length)
        {
            return $"its length is {current.Length} instead of {pinned.Length} bytes";
        }

        return pinned.HasStrongEntityTag ? CompareStrongTag(pinned, current) : CompareWeakValidators(pinned, current);
    }

    /// <summary>The difference that is shown by what both tell: for replies that need not carry validators, such as a 416.</summary>
    public static string? FindToldDifference(Representation pinned, Representation current) =>
        FindDifference(pinned, current.EntityTag is null ? current with { EntityTag = pinned.EntityTag } : current);

    private static string? CompareStrongTag(Representation pinned, Representation current)
    {
        if (string.Equals(current.EntityTag, pinned.EntityTag, StringComparison.Ordinal))
        {
            return null;
        }

        return current.HasStrongEntityTag ? "its entity tag differs" : "its strong entity tag vanished";
    }

    private static string? CompareWeakValidators(Representation pinned, Representation current)
    {
        if (pinned.EntityTag is { } tag && current.EntityTag is { } other && !EntityTagComparison.WeaklyEqual(tag, other))
        {
            return "its entity tag differs";
        }

        bool bothDated = pinned.LastModifiedRaw is not null && current.LastModifiedRaw is not null;
        bool sameDate = string.Equals(pinned.LastModifiedRaw, current.LastModifiedRaw, StringComparison.Ordinal)
            || (pinned.LastModified is { } date && date == current.LastModified);
        return bothDated && !sameDate ? "its modification date differs" : null;
    }
}
