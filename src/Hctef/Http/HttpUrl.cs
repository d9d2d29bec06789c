namespace Hctef.Http;

/// <summary>Which URLs can be opened.</summary>
internal static class HttpUrl
{
    /// <summary>Whether a URL is absolute and of the scheme http or https.</summary>
    public static bool Is(Uri uri) => uri.IsAbsoluteUri && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    /// <summary>
    /// Whether a URL names a service by one of both schemes, which a handler of service discovery resolves to one of its endpoints.
    /// </summary>
    public static bool NamesService(Uri uri) => uri.IsAbsoluteUri && uri.Scheme is ("https+http" or "http+https");

    /// <summary>Whether a URL can be opened; one that names a service only where the HTTP client resolves it.</summary>
    public static bool IsOpenable(Uri uri) => Is(uri) || NamesService(uri);

    /// <summary>Refuses what cannot be opened.</summary>
    /// <exception cref="HctefUrlException">The URL is relative, or its scheme is neither http nor https.</exception>
    public static void ThrowIfNotOpenable(Uri uri)
    {
        if (!uri.IsAbsoluteUri)
        {
            throw new HctefUrlException("The URL is relative; Hctef opens absolute http and https URLs.");
        }

        if (!IsOpenable(uri))
        {
            throw new HctefUrlException($"The scheme '{PrintableText.Of(uri.Scheme)}' is neither http nor https.");
        }
    }
}
