using System.Buffers;
using System.Net.Http.Headers;

namespace Hctef.Http;

/// <summary>
/// Headers of a reply as messages may quote them: only what a server can say without quoting the request, which holds secrets.
/// </summary>
internal static class ServerText
{
    private const string Hidden = "(not shown)";

    private static readonly SearchValues<char> RangeCharacters = SearchValues.Create("bytesBYTES 0123456789-/*=,");

    private static readonly SearchValues<string> Codings =
        SearchValues.Create(["gzip", "x-gzip", "br", "deflate", "zstd", "compress"], StringComparison.OrdinalIgnoreCase);

    public static string OfContentRange(string value) =>
        value.AsSpan().ContainsAnyExcept(RangeCharacters) ? Hidden : PrintableText.Of(value);

    public static string OfCoding(string codings) => Codings.Contains(codings) ? codings : Hidden;

    /// <summary>Type and subtype, without parameters.</summary>
    public static string OfMediaType(string? value) =>
        MediaTypeHeaderValue.TryParse(value, out MediaTypeHeaderValue? type) ? PrintableText.Of(type.MediaType ?? "") : "none";
}
