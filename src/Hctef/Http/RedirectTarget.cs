using System.Net.Http.Headers;

namespace Hctef.Http;

/// <summary>Where a redirect leads, if it may be followed: http or https, and never from https to http.</summary>
internal static class RedirectTarget
{
    /// <summary>Reads and judges the target; bytes of its path and query are kept as they are.</summary>
    /// <exception cref="HctefNetworkException">The redirect names no target, or one that is not followed.</exception>
    public static Uri Of(HttpResponseMessage response, Uri original, Uri current)
    {
        if (!response.Headers.NonValidated.TryGetValues("Location", out HeaderStringValues values) || values.Count != 1)
        {
            throw Refused(response, original, "it has no Location, or more than one");
        }

        Uri target = Resolve(current, values.ToString())
            ?? throw Refused(response, original, "its Location is no URL");
        if (!HttpUrl.Is(target))
        {
            throw Refused(response, original, "it leads to a scheme other than http and https");
        }

        return current.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp
            ? throw Refused(response, original, "it leads from https to http")
            : target;
    }

    public static HctefNetworkException Refused(HttpResponseMessage response, Uri original, string reason) => new(
        HctefNetworkError.Protocol,
        $"The redirect of {RedactedUrl.Of(original)} was not followed: {reason}.",
        statusCode: response.StatusCode);

    private static Uri? Resolve(Uri current, string location)
    {
        if (location.Length == 0 || location.AsSpan().ContainsAnyExceptInRange(' ', '\xff'))
        {
            return null;
        }

        // The two rooted forms are put together here: Uri takes them for paths of files.
        string target = Escape(location);
        if (target.StartsWith("//", StringComparison.Ordinal))
        {
            return ExactUri.TryCreate($"{current.Scheme}:{target}");
        }

        string authority = current.GetLeftPart(UriPartial.Authority);
        if (target[0] == '/')
        {
            return ExactUri.TryCreate(authority + target);
        }

        if (ExactUri.TryCreate(target) is { } absolute)
        {
            return absolute;
        }

        // A path from here on is put together here too, unless it steps up (RFC 3986, section 5.2.4): Uri would rewrite its escapes.
        if (IsPathFromHere(target))
        {
            string path = current.AbsolutePath;
            return ExactUri.TryCreate(authority + (target[0] == '?' ? path : path[..(path.LastIndexOf('/') + 1)]) + target);
        }

        return Uri.TryCreate(current, target, out Uri? resolved) ? ExactUri.WithoutFragment(resolved) : null;
    }

    private static bool IsPathFromHere(string target)
    {
        int firstSegment = target.AsSpan().IndexOfAny('/', '?', '#');
        return target[0] is not ('.' or '#')
            && !target.AsSpan(0, firstSegment < 0 ? target.Length : firstSegment).Contains(':')
            && !target.Contains("/.", StringComparison.Ordinal);
    }

    // Header bytes arrive as Latin-1: each character is the byte that a proper URL would have escaped.
    private static string Escape(string location) => location.AsSpan().ContainsAnyExceptInRange('!', '~')
        ? string.Concat(location.Select(static c => c is >= '!' and <= '~' ? c.ToString() : Uri.HexEscape(c)))
        : location;
}
