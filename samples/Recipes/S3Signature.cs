using System.Security.Cryptography;
using System.Text;

namespace Recipes;

/// <summary>
/// The Authorization header of a request without a body by AWS Signature Version 4, as the Amazon S3 API Reference defines it
/// ("Authenticating Requests: Using the Authorization Header").
/// </summary>
public static class S3Signature
{
    /// <summary>The SHA-256 of no bytes.</summary>
    public const string EmptyBodyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Signs the host, the range and every header whose name begins with <c>x-amz-</c>.</summary>
    /// <param name="request">The request, with its <c>x-amz-date</c>.</param>
    /// <param name="region">The region of the host.</param>
    /// <param name="credentials">The keys.</param>
    /// <param name="timestamp">The value of <c>x-amz-date</c>: <c>yyyyMMddTHHmmssZ</c>.</param>
    public static string Of(HttpRequestMessage request, string region, S3Credentials credentials, string timestamp)
    {
        Uri uri = request.RequestUri!;
        (string Name, string Value)[] headers = [.. SignedHeaders(request).OrderBy(static header => header.Name, StringComparer.Ordinal)];
        string names = string.Join(';', headers.Select(static header => header.Name));
        string canonical = string.Join(
            '\n',
            request.Method.Method,
            CanonicalPath(uri),
            CanonicalQuery(uri),
            string.Concat(headers.Select(static header => $"{header.Name}:{header.Value}\n")),
            names,
            EmptyBodyHash);

        string date = timestamp[..8];
        string scope = $"{date}/{region}/s3/aws4_request";
        string toSign = string.Join('\n', Algorithm, timestamp, scope, Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey);
        foreach (string part in (string[])[date, region, "s3", "aws4_request"])
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        string signature = Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        return $"{Algorithm} Credential={credentials.AccessKeyId}/{scope},SignedHeaders={names},Signature={signature}";
    }

    private static IEnumerable<(string Name, string Value)> SignedHeaders(HttpRequestMessage request)
    {
        yield return ("host", request.Headers.Host ?? request.RequestUri!.Authority);
        foreach (var header in request.Headers.NonValidated)
        {
            string name = header.Key.ToLowerInvariant();
            if (name == "range" || name.StartsWith("x-amz-", StringComparison.Ordinal))
                yield return (name, header.Value.ToString().Trim());
        }
    }

    /// <summary>The path as S3 decodes it, encoded once; the slashes stay.</summary>
    private static string CanonicalPath(Uri uri) =>
        string.Join('/', Uri.UnescapeDataString(uri.AbsolutePath).Split('/').Select(Uri.EscapeDataString));

    /// <summary>The parameters in the order of their encoded names and then values; those without a value get an empty one.</summary>
    private static string CanonicalQuery(Uri uri)
    {
        IEnumerable<(string Name, string Value)> parameters = uri.Query.TrimStart('?')
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(static parameter => parameter.Split('=', 2))
            .Select(static parts => (Recode(parts[0]), parts.Length == 1 ? "" : Recode(parts[1])));
        return string.Join(
            '&',
            parameters.OrderBy(static parameter => parameter.Name, StringComparer.Ordinal)
                .ThenBy(static parameter => parameter.Value, StringComparer.Ordinal)
                .Select(static parameter => $"{parameter.Name}={parameter.Value}"));
    }

    private static string Recode(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
