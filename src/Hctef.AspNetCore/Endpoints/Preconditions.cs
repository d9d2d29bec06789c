using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Hctef.AspNetCore.Endpoints;

/// <summary>The conditions of GET and HEAD requests, in the order of RFC 9110, section 13.2.2.</summary>
internal static class Preconditions
{
    public static PreconditionResult Evaluate(IHeaderDictionary request, Validators validators)
    {
        if (!IsWanted(request, validators))
            return PreconditionResult.Failed;
        return IsKnown(request, validators) ? PreconditionResult.NotModified : PreconditionResult.Proceed;
    }

    /// <summary>If-Range (section 13.1.5): whether the range that the client asks is of the version that is served.</summary>
    public static bool IsRangeOfVersion(StringValues ifRange, Validators validators)
    {
        if (ifRange.Count == 0)
            return true;
        if (EntityTagHeaderValue.TryParse(ifRange.ToString(), out EntityTagHeaderValue? tag))
            return validators.EntityTag is { } own && own.Compare(tag, useStrongComparison: true);
        return validators.IsDateStrong && TryGetDate(ifRange, out DateTimeOffset date) && date == validators.LastModified;
    }

    /// <summary>If-Match, or in its absence If-Unmodified-Since.</summary>
    private static bool IsWanted(IHeaderDictionary request, Validators validators)
    {
        if (request.IfMatch.Count > 0)
            return Contains(request.IfMatch, validators.EntityTag, strongly: true);
        return !TryGetDate(request.IfUnmodifiedSince, out DateTimeOffset since) || !(validators.LastModified > since);
    }

    /// <summary>If-None-Match, or in its absence If-Modified-Since.</summary>
    private static bool IsKnown(IHeaderDictionary request, Validators validators)
    {
        if (request.IfNoneMatch.Count > 0)
            return Contains(request.IfNoneMatch, validators.EntityTag, strongly: false);
        return TryGetDate(request.IfModifiedSince, out DateTimeOffset since) && validators.LastModified <= since;
    }

    /// <summary>Values that are no entity tags match nothing.</summary>
    private static bool Contains(StringValues tags, EntityTagHeaderValue? own, bool strongly) =>
        EntityTagHeaderValue.TryParseList(tags, out IList<EntityTagHeaderValue>? parsed)
        && parsed.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || (own is not null && own.Compare(tag, strongly)));

    private static bool TryGetDate(StringValues value, out DateTimeOffset date) => HeaderUtilities.TryParseDate(value.ToString(), out date);
}
