namespace Hctef.Http;

/// <summary>Entity tags as raw header values (RFC 9110, section 8.8.3).</summary>
internal static class EntityTagComparison
{
    private const string WeakPrefix = "W/";

    /// <summary>Whether the value is a well-formed strong tag. The weak prefix is case-sensitive; an unquoted value is no tag.</summary>
    public static bool IsStrong(string? tag) =>
        tag is ['"', .., '"'] && !tag.AsSpan(1, tag.Length - 2).ContainsAny('"', '\x7f') && !tag.AsSpan().ContainsAnyInRange('\0', ' ');

    /// <summary>Whether two tags are equal apart from weakness (RFC 9110, section 8.8.3.2).</summary>
    public static bool WeaklyEqual(string left, string right) => Opaque(left).SequenceEqual(Opaque(right));

    private static ReadOnlySpan<char> Opaque(string tag) =>
        tag.StartsWith(WeakPrefix, StringComparison.Ordinal) ? tag.AsSpan(WeakPrefix.Length) : tag;
}
