using Hctef.Http;

namespace Hctef.Files;

/// <summary>The name under which the bytes of a file are kept, unless <see cref="RemoteFileOptions.CacheKey"/> gives another.</summary>
internal static class CacheKey
{
    /// <summary>The URL without its fragment; it holds secrets.</summary>
    public static string Of(Uri url) => ExactUri.WithoutFragment(url).AbsoluteUri;
}
