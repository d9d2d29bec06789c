using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Hctef.Http;

/// <summary>
/// A hash of all that a request says about who asks: its user information and its headers, but for those that Hctef sets and those
/// that differ between requests of one caller; and its URL and host, where a handler has put others in the place of the file's. Two
/// requests of one fingerprint for one file may share bytes.
/// </summary>
internal static class CredentialFingerprint
{
    private const string UserInfoName = ":userinfo";
    private const string UrlName = ":url";

    /// <summary>SHA-256 in hexadecimal; empty if the request says nothing about who asks.</summary>
    /// <param name="request">The message as it is sent.</param>
    /// <param name="asked">The file's URL.</param>
    public static string Of(HttpRequestMessage request, Uri asked)
    {
        List<(string Name, string Value)>? parts = null;
        if (request.RequestUri is { IsAbsoluteUri: true, UserInfo.Length: > 0 } uri)
        {
            (parts ??= []).Add((UserInfoName, uri.UserInfo));
        }

        // Signatures that a handler adds to the query, tenants that it tells by hosts.
        if (request.RequestUri is { } sent && !IsOf(asked, sent))
        {
            (parts ??= []).Add((UrlName, sent.AbsoluteUri));
        }

        if (request.Headers.Host is { } host && !string.Equals(host, asked.Authority, StringComparison.OrdinalIgnoreCase))
        {
            (parts ??= []).Add((RequestHeaderNames.Host, host));
        }

        foreach ((string name, HeaderStringValues values) in request.Headers.NonValidated)
        {
            if (!RequestHeaderNames.Neutral.Contains(name))
            {
                foreach (string value in values)
                {
                    if (IsBypass(name, value))
                    {
                        continue;
                    }

                    (parts ??= []).Add((name.ToLowerInvariant(), value));
                }
            }
        }

        return parts is null ? "" : Hash(parts);
    }

    /// <summary>The same of some headers; empty if there are none.</summary>
    public static string Of(IEnumerable<KeyValuePair<string, string>> headers)
    {
        List<(string Name, string Value)> parts = [.. headers.Select(static header => (header.Key.ToLowerInvariant(), header.Value))];
        return parts.Count == 0 ? "" : Hash(parts);
    }

    /// <summary>The same of those headers of a request that a reply's <c>Vary</c> names; empty if it sent none of them.</summary>
    public static string Of(HttpRequestMessage request, IReadOnlyList<string> names) =>
        names.Count == 0 ? "" : Of(names.SelectMany(name => ValuesOf(request, name).Select(value => KeyValuePair.Create(name, value))));

    private static string[] ValuesOf(HttpRequestMessage request, string name) =>
        request.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? [.. values] : [];

    /// <summary>Whether the file's URL is asked; that of a service is resolved to another host each time.</summary>
    private static bool IsOf(Uri asked, Uri sent) =>
        ReferenceEquals(sent, asked)
        || sent.AbsoluteUri == asked.AbsoluteUri
        || (HttpUrl.NamesService(asked) && sent.PathAndQuery == asked.PathAndQuery);

    // What a second try adds; it does not say who asks.
    private static bool IsBypass(string name, string value) =>
        string.Equals(name, RequestHeaderNames.CacheControl, StringComparison.OrdinalIgnoreCase)
        && string.Equals(value, RequestHeaderNames.NoCache, StringComparison.Ordinal);

    private static string Hash(List<(string Name, string Value)> parts)
    {
        parts.Sort(static (left, right) =>
            string.CompareOrdinal(left.Name, right.Name) is not 0 and int order ? order : string.CompareOrdinal(left.Value, right.Value));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, string value) in parts)
        {
            Append(hash, name);
            Append(hash, value);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    // Each part is led by its length, so that no two lists of parts give the same bytes.
    private static void Append(IncrementalHash hash, string part)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(part);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
