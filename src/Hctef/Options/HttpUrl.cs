namespace Hctef.Options;

/// <summary>Which URLs can be opened.</summary>
internal static class HttpUrl
{
    /// <summary>Tells whether the scheme of an absolute URL is http or https.</summary>
    public static bool HasHttpScheme(Uri absolute) => absolute.Scheme == Uri.UriSchemeHttp || absolute.Scheme == Uri.UriSchemeHttps;
}
