namespace Hctef.Http;

/// <summary>A URL as messages and logs may show it: scheme, host, port and path; no user information, query or fragment.</summary>
internal static class RedactedUrl
{
    private const int MaxLength = 1024;

    public static string Of(Uri uri)
    {
        if (!uri.IsAbsoluteUri)
        {
            return "(a relative URL)";
        }

        // The parts of other schemes mean other things: the "path" of mailto: is a person, that of data: is the data.
        return HttpUrl.IsOpenable(uri) ? PrintableText.Of(OriginOf(uri) + PathOf(uri), MaxLength) : PrintableText.Of(uri.Scheme) + ":(hidden)";
    }

    /// <summary>Scheme, host and, unless it is the scheme's own, port.</summary>
    public static string OriginOf(Uri uri)
    {
        string host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        return uri.IsDefaultPort ? $"{uri.Scheme}://{host}" : $"{uri.Scheme}://{host}:{uri.Port}";
    }

    private static string PathOf(Uri uri)
    {
        // A Uri made without canonicalization keeps a fragment in its path.
        string path = uri.AbsolutePath;
        int end = path.AsSpan().IndexOfAny('?', '#');
        return end < 0 ? path : path[..end];
    }
}
