using System.Globalization;

namespace Hctef.Http;

/// <summary>Until when a signed URL holds, by the query parameters of those who sign.</summary>
internal static class SignedUrl
{
    private const string BasicTime = "yyyyMMdd'T'HHmmss'Z'";

    private static readonly string[] AzureTimes =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <summary>
    /// The earliest end that the query tells: <c>X-Amz-Date</c> and <c>X-Amz-Expires</c> (AWS signature 4), <c>X-Goog-…</c> (Google),
    /// <c>se</c> (Azure SAS), <c>Expires</c> in Unix seconds (CloudFront, older signatures).
    /// </summary>
    /// <returns>Null if it tells none, or none that can be read.</returns>
    public static DateTimeOffset? EndOf(Uri uri)
    {
        DateTimeOffset? end = null;
        foreach (DateTimeOffset? told in (DateTimeOffset?[])
            [EndOf(uri, "X-Amz-Date", "X-Amz-Expires"), EndOf(uri, "X-Goog-Date", "X-Goog-Expires"), AzureEnd(uri), UnixEnd(uri)])
        {
            end = told < end || end is null ? told ?? end : end;
        }

        return end;
    }

    private static DateTimeOffset? EndOf(Uri uri, string date, string seconds) =>
        Time(Find(uri, date), BasicTime) is { } begin && Seconds(Find(uri, seconds)) is { } count
        && DateTimeOffset.MaxValue - begin > TimeSpan.FromSeconds(count)
            ? begin.AddSeconds(count)
            : null;

    private static DateTimeOffset? AzureEnd(Uri uri) => Time(Find(uri, "se"), AzureTimes);

    private static DateTimeOffset? UnixEnd(Uri uri) =>
        Seconds(Find(uri, "Expires")) is { } count ? DateTimeOffset.UnixEpoch.AddSeconds(count) : null;

    private static DateTimeOffset? Time(string? text, params string[] formats) =>
        DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : null;

    /// <summary>Not more than 32 bits: added to a date of today, such a number still is a date.</summary>
    private static uint? Seconds(string? text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint count) ? count : null;

    private static string? Find(Uri uri, string name)
    {
        foreach (string parameter in uri.Query.TrimStart('?').Split('&'))
        {
            int mark = parameter.IndexOf('=', StringComparison.Ordinal);
            if (mark == name.Length && parameter.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                return Uri.UnescapeDataString(parameter[(mark + 1)..]);
            }
        }

        return null;
    }
}
