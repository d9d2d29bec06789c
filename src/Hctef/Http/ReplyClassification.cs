using System.Net;

namespace Hctef.Http;

/// <summary>
/// Tells by its headers what a reply to a range request is. What a 206 must be to be read is <see cref="RangeAcceptance"/>.
/// </summary>
internal static class ReplyClassification
{
    public static RangeJudgement Judge(
        HttpResponseMessage response, RequestedRange asked, Representation? pinned, Representation? known = null)
    {
        var headers = new ReplyHeaders(response);
        int status = (int)response.StatusCode;
        return response.StatusCode switch
        {
            HttpStatusCode.PartialContent when asked.IsWhole =>
                RangeJudgement.Protocol("the server answered 206 to a request without a range"),
            HttpStatusCode.PartialContent => FindFlaw(headers) ?? RangeAcceptance.Judge(headers, asked, pinned),
            HttpStatusCode.OK => FindFlaw(headers) ?? JudgeWhole(headers, asked, pinned),
            HttpStatusCode.NotModified when known is { HasStrongEntityTag: true } => FindFlaw(headers) ?? JudgeNotModified(headers, known),
            HttpStatusCode.RequestedRangeNotSatisfiable => FindFlaw(headers) ?? JudgeUnsatisfied(headers, pinned),
            HttpStatusCode.PreconditionFailed when pinned is { HasStrongEntityTag: true } =>
                new RangeJudgement(RangeVerdict.Changed, "the server answered 412 to its entity tag"),
            HttpStatusCode.BadRequest or HttpStatusCode.NotImplemented when pinned is null =>
                new RangeJudgement(RangeVerdict.RangeRefused, $"the server answered {status} to a range request"),
            < HttpStatusCode.BadRequest =>
                RangeJudgement.Protocol($"the server answered {status}, which means nothing to a range request"),
            _ => new RangeJudgement(RangeVerdict.Status, $"the server answered {status}"),
        };
    }

    private static RangeJudgement? FindFlaw(ReplyHeaders headers)
    {
        if (headers.EntityTags.Count > 1)
        {
            return RangeJudgement.Protocol("the reply has more than one ETag");
        }

        return headers.EntityTags.ToString().Length <= ReplyHeaders.MaxEntityTagLength
            ? null
            : RangeJudgement.Protocol($"the reply's ETag is longer than {ReplyHeaders.MaxEntityTagLength} characters") with
            {
                Error = HctefNetworkError.LimitExceeded,
            };
    }

    private static RangeJudgement JudgeWhole(ReplyHeaders headers, RequestedRange asked, Representation? pinned)
    {
        if (headers.ContentCoding is { } coding)
        {
            return new RangeJudgement(
                RangeVerdict.ContentEncoded, $"the server answered 200 with the content coding '{ServerText.OfCoding(coding)}'");
        }

        // Beside a transfer coding a Content-Length tells nothing (RFC 9112, section 6.3): the file would pass for an empty one.
        Representation? whole = headers is { HasTransferEncoding: false, ContentLength: { } length } ? headers.ToRepresentation(length) : null;
        if (pinned is not null && whole is not null && VersionComparison.FindDifference(pinned, whole) is { } difference)
        {
            return new RangeJudgement(RangeVerdict.Changed, difference, whole);
        }

        if (whole is { Length: 0 })
        {
            return new RangeJudgement(RangeVerdict.EmptyFile, "", whole);
        }

        if (asked.IsWhole)
        {
            return whole is null
                ? new RangeJudgement(RangeVerdict.LengthUnknown, "the 200 does not tell the length of the file")
                : new RangeJudgement(RangeVerdict.Accepted, "", whole, Start: 0, whole.Length);
        }

        // At open the body may be what is wanted: see RangeFallback.Download.
        return new RangeJudgement(
            RangeVerdict.RangeIgnored,
            $"the server ignored the range and answered 200 with the whole file (Content-Type: {ServerText.OfMediaType(headers.ContentType)})",
            whole,
            Start: 0,
            pinned is null && whole is not null ? whole.Length : 0);
    }

    /// <summary>A 304 carries the tag that a 200 would have carried (RFC 9110, section 15.4.5): that is the proof, not the status.</summary>
    private static RangeJudgement JudgeNotModified(ReplyHeaders headers, Representation known)
    {
        Representation told = headers.ToRepresentation(known.Length);
        return string.Equals(told.EntityTag, known.EntityTag, StringComparison.Ordinal)
            ? new RangeJudgement(RangeVerdict.NotModified, "", known with { CacheRules = told.CacheRules })
            : RangeJudgement.Protocol("the server answered 304 without the entity tag that it was asked for");
    }

    private static RangeJudgement JudgeUnsatisfied(ReplyHeaders headers, Representation? pinned)
    {
        long? total = headers.ContentRanges.Count == 1
            && ContentRange.TryParse(headers.ContentRanges.ToString(), out ContentRange range)
            && range.IsUnsatisfied ? range.Total : null;
        Representation? replied = total is { } length ? headers.ToRepresentation(length) : null;
        if (pinned is not null && replied is not null && VersionComparison.FindToldDifference(pinned, replied) is { } difference)
        {
            return new RangeJudgement(RangeVerdict.Changed, difference, replied);
        }

        if (replied is { Length: 0 })
        {
            return new RangeJudgement(RangeVerdict.EmptyFile, "", replied);
        }

        return pinned is null
            ? new RangeJudgement(RangeVerdict.RangeRefused, "the server answered 416 to a range request", replied)
            : RangeJudgement.Protocol("the server answered 416 to a range inside the file") with { Representation = replied };
    }
}
