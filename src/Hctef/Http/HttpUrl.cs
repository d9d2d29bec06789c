namespace Hctef.Http;

/// <summary>Which URLs can be opened.</summary>
internal static class HttpUrl
{
    /// <summary>Whether a URL is absolute and of the scheme http or https.</summary>
    public static bool Is(Uri uri) => uri.IsAbsoluteUri && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    /// <summary>Refuses what cannot be opened.</summary>
    /// <exception cref="HctefUrlException">The URL is relative, or its scheme is neither http nor https.</exception>
    public static void ThrowIfNot(Uri uri)
    {
        if (!uri.IsAbsoluteUri)
        {
            throw new HctefUrlException("The URL is relative; Hctef opens absolute http and https URLs.");
        }

        if (!Is(uri))
        {
            throw new HctefUrlException($"The scheme '{PrintableText.Of(uri.Scheme)}' is neither http nor https.");
        }
    }
}
