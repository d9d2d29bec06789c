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
        foreach ((string name, string value) in headers)
        {
            if (FindProblem(name, value) is { } problem)
            {
                throw new ArgumentException(
                    $"The header '{PrintableText.Of(name ?? "")}' cannot be sent: {problem}.", nameof(RemoteFileOptions.Headers));
            }
        }
    }

    /// <summary>Says why a header cannot be sent, without its value; null if it can.</summary>
    public static string? FindProblem(string? name, string? value)
    {
        if (string.IsNullOrEmpty(name) || name.AsSpan().ContainsAnyExcept(TokenCharacters))
        {
            return "its name is not a token (RFC 9110, section 5.6.2)";
        }

        if (RequestHeaderNames.Reserved.Contains(name))
        {
            return "Hctef or the transport sets it";
        }

        if (value is null)
        {
            return "it has no value";
        }

        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return "its value holds a control or non-ASCII character";
        }

        // False for the names that .NET keeps for bodies, which a GET has not: it would be dropped silently.
        using var probe = new HttpRequestMessage();
        return probe.Headers.TryAddWithoutValidation(name, value) ? null : "it describes a body";
    }
}
