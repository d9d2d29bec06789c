using System.Buffers;

namespace Hctef.Http;

/// <summary>
/// URLs whose path and query keep every byte. <see cref="Uri"/> rewrites <c>%7E</c> and dot segments, which breaks signatures.
/// </summary>
internal static class ExactUri
{
    private const string AuthorityMark = "://";

    private static readonly UriCreationOptions Exact = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>What a path and a query may hold (RFC 3986, sections 3.3 and 3.4), and the sign of what is escaped.</summary>
    private static readonly SearchValues<char> PathAndQuery =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%");

    /// <summary>The URL up to its fragment, which is never sent: as it was written, where it holds URL characters only.</summary>
    public static Uri WithoutFragment(Uri uri)
    {
        string canonical = uri.AbsoluteUri;
        string written = UpToFragment(uri.OriginalString);
        if (IsPure(written) && Uri.TryCreate(written, in Exact, out Uri? exact) && exact.Authority == uri.Authority)
        {
            return exact.AbsoluteUri == canonical ? uri : exact;
        }

        string text = UpToFragment(canonical);
        return text.Length == canonical.Length ? uri : new Uri(text, in Exact);
    }

    /// <summary>Reads an absolute URL of printable ASCII as it stands, without its fragment; its path is a slash at least.</summary>
    public static Uri? TryCreate(string text)
    {
        string written = UpToFragment(text);
        int authority = written.IndexOf(AuthorityMark, StringComparison.Ordinal) + AuthorityMark.Length;
        if (authority >= AuthorityMark.Length)
        {
            int end = written.AsSpan(authority).IndexOfAny('/', '?', '\\');
            end = end < 0 ? written.Length : authority + end;
            written = end < written.Length && written[end] != '?' ? written : written.Insert(end, "/");
        }

        return Uri.TryCreate(written, in Exact, out Uri? uri) ? uri : null;
    }

    private static string UpToFragment(string text)
    {
        int fragment = text.IndexOf('#', StringComparison.Ordinal);
        return fragment < 0 ? text : text[..fragment];
    }

    /// <summary>Whether the path begins where it should, and path and query hold nothing that must be escaped.</summary>
    private static bool IsPure(string text)
    {
        int authority = text.IndexOf(AuthorityMark, StringComparison.Ordinal) + AuthorityMark.Length;
        int path = authority < AuthorityMark.Length ? -1 : text.AsSpan(authority).IndexOfAny('/', '?', '\\');
        if (path < 0 || text[authority + path] != '/')
        {
            return false;
        }

        ReadOnlySpan<char> rest = text.AsSpan(authority + path);
        return !rest.ContainsAnyExcept(PathAndQuery) && EscapesAreWhole(rest);
    }

    private static bool EscapesAreWhole(ReadOnlySpan<char> text)
    {
        for (int sign = text.IndexOf('%'); sign >= 0; sign = text.IndexOf('%'))
        {
            if (text.Length < sign + 3 || !char.IsAsciiHexDigit(text[sign + 1]) || !char.IsAsciiHexDigit(text[sign + 2]))
            {
                return false;
            }

            text = text[(sign + 3)..];
        }

        return true;
    }
}
