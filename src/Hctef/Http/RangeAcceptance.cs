using System.Net;

namespace Hctef.Http;

/// <summary>
/// The one predicate that decides, before the first body byte is used, what a reply to a range request is. The counts of the body
/// are the other half: <see cref="RangeBody"/>.
/// </summary>
internal static class RangeAcceptance
{
    public static RangeJudgement Judge(HttpResponseMessage response, RequestedRange asked, Representation? pinned)
    {
        var headers = new ReplyHeaders(response);
        return response.StatusCode switch
        {
            HttpStatusCode.PartialContent => FindFlaw(headers) ?? JudgePartial(headers, asked, pinned),
            HttpStatusCode.OK => FindFlaw(headers) ?? JudgeWhole(headers, pinned),
            HttpStatusCode.RequestedRangeNotSatisfiable => FindFlaw(headers) ?? JudgeUnsatisfied(headers, pinned),
            HttpStatusCode.PreconditionFailed when pinned is { HasStrongEntityTag: true } =>
                new RangeJudgement(RangeVerdict.Changed, "the server answered 412 to the opened version's entity tag"),
            HttpStatusCode.BadRequest or HttpStatusCode.NotImplemented when pinned is null =>
                new RangeJudgement(RangeVerdict.RangeRefused, $"the server answered {(int)response.StatusCode} to a range request"),
            < HttpStatusCode.BadRequest => Protocol($"the server answered {(int)response.StatusCode}, which means nothing to a range request"),
            _ => new RangeJudgement(RangeVerdict.Status, $"the server answered {(int)response.StatusCode}"),
        };
    }

    private static RangeJudgement? FindFlaw(ReplyHeaders headers)
    {
        if (headers.EntityTags.Count > 1)
        {
            return Protocol("the reply has more than one ETag");
        }

        return headers.EntityTags.ToString().Length > ReplyHeaders.MaxEntityTagLength
            ? Protocol($"the reply's ETag is longer than {ReplyHeaders.MaxEntityTagLength} characters") with { Error = HctefNetworkError.LimitExceeded }
            : null;
    }

    private static RangeJudgement JudgePartial(ReplyHeaders headers, RequestedRange asked, Representation? pinned)
    {
        if (headers.ContentCoding is { } coding)
        {
            return Protocol($"the 206 has the content coding '{PrintableText.Of(coding)}', though none was asked for");
        }

        if (headers.IsMultipart)
        {
            return Protocol("the 206 is multipart, though one range was asked for");
        }

        if (headers.ContentRanges.Count != 1)
        {
            return Protocol($"the 206 has {headers.ContentRanges.Count} Content-Range headers instead of one");
        }

        string raw = headers.ContentRanges.ToString();
        if (!ContentRange.TryParse(raw, out ContentRange range) || range.IsUnsatisfied)
        {
            return Protocol($"the Content-Range '{PrintableText.Of(raw)}' of the 206 is invalid");
        }

        if (headers.HasContentLength && headers.ContentLength != range.End - range.Start)
        {
            return Protocol($"the Content-Length of the 206 contradicts its Content-Range '{PrintableText.Of(raw)}'");
        }

        if (pinned is not null)
        {
            Representation replied = headers.ToRepresentation(range.Total ?? pinned.Length);
            return VersionComparison.FindDifference(pinned, replied) is { } difference
                ? new RangeJudgement(RangeVerdict.Changed, difference, replied)
                : JudgePosition(range, asked, replied, misplaced: RangeVerdict.Protocol);
        }

        if (range.Total is not { } total)
        {
            return asked.IsSuffix || IsWithin(range, asked.Start, asked.End)
                ? new RangeJudgement(RangeVerdict.LengthUnknown, $"the Content-Range '{PrintableText.Of(raw)}' does not tell the length")
                : Misplaced(RangeVerdict.Protocol, range, null);
        }

        return JudgePosition(range, asked, headers.ToRepresentation(total), asked.IsSuffix ? RangeVerdict.Misplaced : RangeVerdict.Protocol);
    }

    private static RangeJudgement JudgePosition(ContentRange range, RequestedRange asked, Representation replied, RangeVerdict misplaced)
    {
        long start = asked.IsSuffix ? Math.Max(0, replied.Length - asked.SuffixLength) : asked.Start;
        long end = asked.IsSuffix ? replied.Length : Math.Min(asked.End, replied.Length);
        return IsWithin(range, start, end)
            ? new RangeJudgement(RangeVerdict.Accepted, "", replied, range.Start, range.End)
            : Misplaced(misplaced, range, replied);
    }

    // A shorter prefix of what was asked is progress; an earlier start or a later end is not what was asked.
    private static bool IsWithin(ContentRange range, long start, long end) => range.Start == start && range.End <= end;

    private static RangeJudgement JudgeWhole(ReplyHeaders headers, Representation? pinned)
    {
        if (headers.ContentCoding is { } coding)
        {
            return new RangeJudgement(RangeVerdict.ContentEncoded, $"the server answered 200 with the content coding '{PrintableText.Of(coding)}'");
        }

        Representation? whole = headers.ContentLength is { } length ? headers.ToRepresentation(length) : null;
        if (pinned is not null && whole is not null && VersionComparison.FindDifference(pinned, whole) is { } difference)
        {
            return new RangeJudgement(RangeVerdict.Changed, difference, whole);
        }

        return whole is { Length: 0 }
            ? new RangeJudgement(RangeVerdict.EmptyFile, "", whole)
            : new RangeJudgement(
                RangeVerdict.RangeIgnored,
                $"the server answered 200 with the whole file (Content-Type '{PrintableText.Of(headers.ContentType ?? "none")}')",
                whole);
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
            : Protocol("the server answered 416 to a range inside the file") with { Representation = replied };
    }

    private static RangeJudgement Misplaced(RangeVerdict verdict, ContentRange range, Representation? replied) =>
        new(verdict, $"the 206 carries bytes {range.Start}-{range.End - 1}, which were not asked for", replied);

    private static RangeJudgement Protocol(string reason) => new(RangeVerdict.Protocol, reason);
}
