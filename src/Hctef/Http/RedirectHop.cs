using System.Net.Http.Headers;

namespace Hctef.Http;

/// <summary>The message that follows a redirect: what Hctef set always, what others set only where it was meant for.</summary>
internal static class RedirectHop
{
    public static HttpRequestMessage Create(HttpRequestMessage request, Uri original, Uri target, IReadOnlyList<string> forwardHeadersTo)
    {
        var hop = new HttpRequestMessage(HttpMethod.Get, target) { Version = request.Version, VersionPolicy = request.VersionPolicy };
        foreach ((string key, object? value) in request.Options)
        {
            ((IDictionary<string, object?>)hop.Options)[key] = value;
        }

        bool sameOrigin = IsSameOrigin(original, target);
        bool trusted = IsTrusted(original, target, forwardHeadersTo);
        foreach ((string name, HeaderStringValues values) in request.Headers.NonValidated)
        {
            if (RequestHeaderNames.Own.Contains(name) || (trusted && MayFollow(name, sameOrigin)))
            {
                hop.Headers.TryAddWithoutValidation(name, values);
            }
        }

        // To an origin that may not see the caller's headers, Hctef's own wish goes all the same.
        if (!trusted && request.Options.TryGetValue(RangeRequestContext.Key, out RangeRequestContext? context))
        {
            RangeRequest.BypassCaches(hop, context);
        }

        return hop;
    }

    /// <summary>Whether headers that were given for one URL may go to another: to the same origin, and to hosts listed, over https.</summary>
    public static bool IsTrusted(Uri original, Uri target, IReadOnlyList<string> forwardHeadersTo) =>
        IsSameOrigin(original, target) || IsAllowed(target, forwardHeadersTo);

    private static bool MayFollow(string name, bool sameOrigin) =>
        !RequestHeaderNames.NeverForwarded.Contains(name)
        && (sameOrigin || !string.Equals(name, RequestHeaderNames.Host, StringComparison.OrdinalIgnoreCase));

    private static bool IsSameOrigin(Uri left, Uri right) =>
        left.Scheme == right.Scheme
        && left.Port == right.Port
        && string.Equals(left.IdnHost, right.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static bool IsAllowed(Uri target, IReadOnlyList<string> forwardHeadersTo) =>
        target.Scheme == Uri.UriSchemeHttps
        && forwardHeadersTo.Any(host => string.Equals(host, target.IdnHost, StringComparison.OrdinalIgnoreCase));
}
