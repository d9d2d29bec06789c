using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Hctef.TestServer.Honest;

/// <summary>The conditional request headers, in the order of RFC 9110, section 13.2.2.</summary>
internal static class Preconditions
{
    /// <summary>412, 304, or null when the request goes on.</summary>
    public static int? Evaluate(IHeaderDictionary request, FileVersion file)
    {
        if (request.IfMatch.Count > 0)
        {
            if (!Tags(request.IfMatch.ToString()).Any(tag => tag is "*" || IsStrongMatch(tag, file.EntityTag)))
                return StatusCodes.Status412PreconditionFailed;
        }
        else if (Date(request.IfUnmodifiedSince) is { } unmodifiedSince && file.LastModified > unmodifiedSince)
        {
            return StatusCodes.Status412PreconditionFailed;
        }

        if (request.IfNoneMatch.Count > 0)
        {
            if (Tags(request.IfNoneMatch.ToString()).Any(tag => tag is "*" || IsWeakMatch(tag, file.EntityTag)))
                return StatusCodes.Status304NotModified;
        }
        else if (Date(request.IfModifiedSince) is { } modifiedSince && file.LastModified <= modifiedSince)
        {
            return StatusCodes.Status304NotModified;
        }

        return null;
    }

    /// <summary>Whether If-Range (section 13.1.5) allows the Range header to be used.</summary>
    public static bool AllowsRange(IHeaderDictionary request, FileVersion file)
    {
        if (request.IfRange.Count == 0)
            return true;
        string validator = request.IfRange.ToString();
        return validator.Contains('"', StringComparison.Ordinal)
            ? IsStrongMatch(validator, file.EntityTag)
            : Date(validator) is { } date && date == file.LastModified;
    }

    // No tag of this server contains a comma.
    private static string[] Tags(string header) =>
        header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool IsStrongMatch(string asked, string? tag) =>
        tag is not null && !tag.StartsWith("W/", StringComparison.Ordinal) && string.Equals(asked, tag, StringComparison.Ordinal);

    private static bool IsWeakMatch(string asked, string? tag) =>
        tag is not null && string.Equals(Opaque(asked), Opaque(tag), StringComparison.Ordinal);

    private static string Opaque(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;

    private static DateTimeOffset? Date(string? text) => DateTimeOffset.TryParseExact(
        text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date : null;
}
