using System.Globalization;
using System.Net.Http.Headers;

namespace Hctef.Http;

/// <summary>
/// The headers of a reply as they were sent. The typed properties of .NET are not used: they take the first of two contradicting
/// values, and are null for what they cannot read.
/// </summary>
internal readonly struct ReplyHeaders(HttpResponseMessage response)
{
    /// <summary>A longer entity tag is refused: it would be kept and sent back with every request.</summary>
    public const int MaxEntityTagLength = 1024;

    private const int MaxOtherLength = 256;
    private const string Identity = "identity";

    public HeaderStringValues EntityTags => Of(response.Headers, "ETag");

    public HeaderStringValues ContentRanges => Of(response.Content.Headers, "Content-Range");

    public DateTimeOffset? Date => HttpDate.Parse(Single(response.Headers, "Date"));

    /// <summary>The media type with its parameters; null if there is none, more than one, or something else in its place.</summary>
    public string? ContentType =>
        Single(response.Content.Headers, "Content-Type") is { } text && MediaTypeHeaderValue.TryParse(text, out _) ? text : null;

    /// <summary>Whether any of the values names several parts, however long it is and whatever stands beside it.</summary>
    public bool IsMultipart
    {
        get
        {
            foreach (string type in Of(response.Content.Headers, "Content-Type"))
            {
                if (type.AsSpan().TrimStart().StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }

            return false;
        }
    }

    public bool HasTransferEncoding => Of(response.Headers, "Transfer-Encoding").Count > 0;

    /// <summary>Whether the body is framed in chunks at most. HttpClient takes off no other transfer coding, and says nothing of it.</summary>
    public bool IsPlainlyTransferred => AreOnly(Of(response.Headers, "Transfer-Encoding").ToString(), "chunked");

    /// <summary>The content coding, or <see langword="null"/> for none but identity.</summary>
    public string? ContentCoding
    {
        get
        {
            string codings = Of(response.Content.Headers, "Content-Encoding").ToString();
            return AreOnly(codings, Identity) ? null : codings;
        }
    }

    /// <summary>The length of the body as its framing tells it; null if it does not tell, or not one number.</summary>
    public long? ContentLength =>
        long.TryParse(Single(response.Content.Headers, "Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out long length)
            ? length
            : null;

    public bool HasContentLength => Of(response.Content.Headers, "Content-Length").Count > 0;

    /// <summary>Whether the reply repeats what is known of a version: length, validators, and who may keep it, as they were sent.</summary>
    public bool Repeats(Representation version, long length) =>
        length == version.Length
        && string.Equals(Single(response.Headers, "ETag", MaxEntityTagLength), version.EntityTag, StringComparison.Ordinal)
        && string.Equals(Single(response.Content.Headers, "Last-Modified"), version.LastModifiedRaw, StringComparison.Ordinal)
        && version.CacheRules.IsOf(CacheControl, Vary);

    public Representation ToRepresentation(long length)
    {
        string? lastModified = Single(response.Content.Headers, "Last-Modified");
        return new Representation
        {
            Length = length,
            EntityTag = Single(response.Headers, "ETag", MaxEntityTagLength),
            LastModifiedRaw = lastModified,
            LastModifiedIsStrong = IsStrong(HttpDate.Parse(lastModified)),
            ContentType = ContentType,
            CacheRules = CacheRules.Of(CacheControl, Vary),
        };
    }

    private string CacheControl => Of(response.Headers, "Cache-Control").ToString();

    private string Vary => Of(response.Headers, "Vary").ToString();

    // RFC 9110, section 8.8.2.2: at least one second older than the reply. Both dates are taken to be of the origin's one clock.
    private bool IsStrong(DateTimeOffset? lastModified) => lastModified <= Date - TimeSpan.FromSeconds(1);

    private static bool AreOnly(string codings, string allowed)
    {
        foreach (Range part in codings.AsSpan().Split(','))
        {
            ReadOnlySpan<char> coding = codings.AsSpan(part).Trim();
            if (coding.Length > 0
                && !coding.Equals(Identity, StringComparison.OrdinalIgnoreCase)
                && !coding.Equals(allowed, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }

    private static HeaderStringValues Of(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values : default;

    private static string? Single(HttpHeaders headers, string name, int maxLength = MaxOtherLength) =>
        Of(headers, name) is { Count: 1 } values && values.ToString() is { Length: > 0 } value && value.Length <= maxLength ? value : null;
}
