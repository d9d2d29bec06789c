using System.Buffers;

namespace Hctef.Http;

/// <summary>The check of headers that a caller wants to be sent. HttpClient would put a line break on the wire as it is.</summary>
internal static class CallerHeaders
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Refuses names and values that cannot be sent, and names that Hctef or the transport sets.</summary>
    /// <exception cref="ArgumentException">A header cannot be sent. The message names it and never shows its value.</exception>
    public static void Check(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        using var probe = new HttpRequestMessage();
        foreach ((string name, string value) in headers)
        {
            if (string.IsNullOrEmpty(name) || name.AsSpan().ContainsAnyExcept(TokenCharacters))
            {
                throw Refused(name, "its name is not a token (RFC 9110, section 5.6.2)");
            }

            if (RequestHeaderNames.Reserved.Contains(name))
            {
                throw Refused(name, "Hctef or the transport sets it");
            }

            if (value is null || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                throw Refused(name, "its value holds a control or non-ASCII character");
            }

            // False for the names that .NET keeps for bodies, which a GET has not: it would be dropped silently.
            if (!probe.Headers.TryAddWithoutValidation(name, value))
            {
                throw Refused(name, "it describes a body");
            }
        }
    }

    private static ArgumentException Refused(string? name, string reason) =>
        new($"The header '{PrintableText.Of(name ?? "")}' cannot be sent: {reason}.", nameof(RemoteFileOptions.Headers));
}
