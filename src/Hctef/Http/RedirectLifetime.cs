using System.Net;
using System.Net.Http.Headers;

namespace Hctef.Http;

/// <summary>
/// How long the target of a redirect may be asked without asking for the redirect again. A signature's end counts most; then what the
/// reply says of its own freshness (RFC 9111, section 5.2.2); then whether the redirect is permanent (RFC 9110, section 15.4).
/// </summary>
internal static class RedirectLifetime
{
    public static readonly TimeSpan Permanent = TimeSpan.FromDays(1);

    /// <summary>A redirect that tells nothing may be one that balances load: long enough for a burst of ranges.</summary>
    public static readonly TimeSpan Temporary = TimeSpan.FromMinutes(1);

    /// <summary>What a request may take to reach the server that judges its signature, and what clocks differ.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <summary>Zero or less where the target is good for this request only.</summary>
    public static TimeSpan Of(HttpResponseMessage redirect, Uri target, DateTimeOffset now)
    {
        CacheControlHeaderValue? control = redirect.Headers.CacheControl;
        if (control is { NoStore: true })
        {
            return TimeSpan.Zero;
        }

        TimeSpan? fresh = control?.MaxAge - (redirect.Headers.Age ?? TimeSpan.Zero);
        if (SignedUrl.EndOf(target) is { } end)
        {
            // By both clocks: ours may be slow, and the server's date may be that of a cache's copy.
            DateTimeOffset latest = new ReplyHeaders(redirect).Date is { } date && date > now ? date : now;
            TimeSpan signed = end - latest - Margin;
            return fresh < signed ? fresh.Value : signed;
        }

        if (control is { NoCache: true })
        {
            return TimeSpan.Zero;
        }

        return fresh ?? (redirect.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.PermanentRedirect ? Permanent : Temporary);
    }
}
