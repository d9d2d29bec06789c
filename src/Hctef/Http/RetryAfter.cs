using System.Globalization;
using System.Net.Http.Headers;

namespace Hctef.Http;

/// <summary>How long a server asks to wait (RFC 9110, section 10.2.3).</summary>
internal static class RetryAfter
{
    /// <summary>
    /// Reads seconds or an HTTP-date. A date counts from the reply's own <c>Date</c>, so that the server's clock may be wrong.
    /// Anything else, also what lies in the past or is told twice, is <see langword="null"/>: back off as if nothing was said.
    /// </summary>
    public static TimeSpan? Of(HttpResponseMessage response, TimeProvider time)
    {
        if (!response.Headers.NonValidated.TryGetValues("Retry-After", out HeaderStringValues values) || values.Count != 1)
        {
            return null;
        }

        string text = values.ToString();
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
        {
            return seconds < (long)TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
        }

        TimeSpan? wait = HttpDate.Parse(text) - (new ReplyHeaders(response).Date ?? time.GetUtcNow());
        return wait >= TimeSpan.Zero ? wait : null;
    }
}
