namespace Hctef.Http;

/// <summary>
/// URLs whose path and query keep every byte. <see cref="Uri"/> rewrites <c>%7E</c> and dot segments, which breaks signatures.
/// </summary>
internal static class ExactUri
{
    private static readonly UriCreationOptions Exact = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The URL up to its fragment, which is never sent.</summary>
    public static Uri WithoutFragment(Uri uri)
    {
        string text = uri.AbsoluteUri;
        int fragment = text.IndexOf('#', StringComparison.Ordinal);
        return fragment < 0 ? uri : new Uri(text[..fragment], in Exact);
    }

    /// <summary>Reads an absolute URL of printable ASCII as it stands, without its fragment.</summary>
    public static Uri? TryCreate(string text)
    {
        int fragment = text.IndexOf('#', StringComparison.Ordinal);
        return Uri.TryCreate(fragment < 0 ? text : text[..fragment], in Exact, out Uri? uri) ? uri : null;
    }
}
