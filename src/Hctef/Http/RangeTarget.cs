namespace Hctef.Http;

/// <summary>
/// What a file is asked with: its URL without fragment and the caller's headers. Immutable but for its redirects and its renewal; made at
/// open.
/// </summary>
internal sealed class RangeTarget
{
    private RangeTarget(
        Uri uri, IReadOnlyList<KeyValuePair<string, string>> headers, IReadOnlyList<string> forwardHeadersTo, string redactedUrl)
    {
        Uri = uri;
        Headers = headers;
        ForwardHeadersTo = forwardHeadersTo;
        RedactedUrl = redactedUrl;
    }

    public Uri Uri { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>Hosts that the headers may follow a redirect to, over https.</summary>
    public IReadOnlyList<string> ForwardHeadersTo { get; }

    public string RedactedUrl { get; }

    /// <summary>Where its redirects led.</summary>
    public RedirectMemory Redirects { get; } = new();

    /// <summary>What it is asked with instead, where that is renewed; set before the first request.</summary>
    public TargetRenewal? Renewal { get; set; }

    /// <summary>Checks and copies what a file is to be asked with.</summary>
    /// <exception cref="HctefUrlException">The URL is relative, or its scheme is neither http nor https.</exception>
    /// <exception cref="ArgumentException">A header cannot be sent, or the URL holds characters that must be escaped.</exception>
    public static RangeTarget Create(
        Uri uri, IReadOnlyList<KeyValuePair<string, string>> headers, IReadOnlyList<string> forwardHeadersTo)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(forwardHeadersTo);
        HttpUrl.ThrowIfNotOpenable(uri);

        // Only a Uri that was made without canonicalization can hold others.
        if (uri.PathAndQuery.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new ArgumentException($"The URL {Http.RedactedUrl.Of(uri)} holds a character that is not escaped.", nameof(uri));
        }

        CallerHeaders.Check(headers);
        return new RangeTarget(ExactUri.WithoutFragment(uri), [.. headers], [.. forwardHeadersTo], Http.RedactedUrl.Of(uri));
    }

    /// <summary>
    /// What the same file is asked with by another URL, other headers, or both. Headers of the old URL follow to another origin as they
    /// would follow a redirect. In messages it keeps its name: a path may be signed, too.
    /// </summary>
    /// <exception cref="HctefUrlException">The URL is relative, or its scheme is neither http nor https.</exception>
    /// <exception cref="ArgumentException">A header cannot be sent, or the URL holds characters that must be escaped.</exception>
    public RangeTarget Renew(Uri? url, IReadOnlyDictionary<string, string>? headers)
    {
        if (url is not null && HttpUrl.NamesService(url))
        {
            throw new HctefUrlException($"The scheme '{url.Scheme}' names a service; the URL of a refresh is http or https.");
        }

        IReadOnlyList<KeyValuePair<string, string>> given = headers is null ? [] : [.. headers];
        RangeTarget renewed = Create(url ?? Uri, given, ForwardHeadersTo);
        IEnumerable<KeyValuePair<string, string>> kept = RedirectHop.IsTrusted(Uri, renewed.Uri, ForwardHeadersTo) ? Headers : [];
        KeyValuePair<string, string>[] merged = [.. given.Concat(kept).DistinctBy(header => header.Key, StringComparer.OrdinalIgnoreCase)];
        return new RangeTarget(renewed.Uri, merged, ForwardHeadersTo, RedactedUrl);
    }
}
