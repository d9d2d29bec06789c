namespace Hctef.Http;

/// <summary>
/// The one predicate that decides, before the first body byte is used, whether a 206 carries the bytes that were asked, of the
/// version that is open. The counts of the body are its other half: <see cref="RangeBody"/>.
/// </summary>
internal static class RangeAcceptance
{
    public static RangeJudgement Judge(ReplyHeaders headers, RequestedRange asked, Representation? pinned)
    {
        if (headers.ContentCoding is { } coding)
        {
            return Protocol($"the 206 has the content coding '{ServerText.OfCoding(coding)}', though none was asked for");
        }

        if (!headers.IsPlainlyTransferred)
        {
            return Protocol("the 206 has a transfer coding other than chunked, though none was asked for");
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
            return Protocol($"the Content-Range '{ServerText.OfContentRange(raw)}' of the 206 is invalid");
        }

        if (headers.HasContentLength && headers.ContentLength != range.End - range.Start)
        {
            return Protocol($"the Content-Length of the 206 contradicts its Content-Range '{ServerText.OfContentRange(raw)}'");
        }

        return pinned is null ? JudgeFirst(headers, range, asked) : JudgeLater(headers, range, asked, pinned);
    }

    // While the file opens: the reply tells which version it is, and a suffix that was misread may still be told apart.
    private static RangeJudgement JudgeFirst(ReplyHeaders headers, ContentRange range, RequestedRange asked)
    {
        if (range.Total is { } total)
        {
            return JudgePosition(range, asked, headers.ToRepresentation(total));
        }

        return asked.IsSuffix || IsWithin(range, asked.Start, asked.End)
            ? new RangeJudgement(RangeVerdict.LengthUnknown, "the Content-Range of the 206 does not tell the length of the file")
            : Elsewhere(RangeVerdict.Protocol, range, null);
    }

    // The version comes first: a file that shrank answers with other positions, too.
    private static RangeJudgement JudgeLater(ReplyHeaders headers, ContentRange range, RequestedRange asked, Representation pinned)
    {
        long total = range.Total ?? pinned.Length;

        // Nearly always: then there are no dates to read.
        Representation replied = headers.Repeats(pinned, total) ? pinned : headers.ToRepresentation(total);
        return VersionComparison.FindDifference(pinned, replied) is { } difference
            ? new RangeJudgement(RangeVerdict.Changed, difference, replied)
            : JudgePosition(range, asked, replied);
    }

    private static RangeJudgement JudgePosition(ContentRange range, RequestedRange asked, Representation replied)
    {
        long start = asked.IsSuffix ? Math.Max(0, replied.Length - asked.SuffixLength) : asked.Start;
        long end = asked.IsSuffix ? replied.Length : Math.Min(asked.End, replied.Length);
        return IsWithin(range, start, end)
            ? new RangeJudgement(RangeVerdict.Accepted, "", replied, range.Start, range.End)
            : Elsewhere(RangeVerdict.Misplaced, range, replied);
    }

    // A shorter prefix of what was asked is progress; an earlier start or a later end is not what was asked.
    private static bool IsWithin(ContentRange range, long start, long end) => range.Start == start && range.End <= end;

    private static RangeJudgement Elsewhere(RangeVerdict verdict, ContentRange range, Representation? replied) =>
        new(verdict, $"the 206 carries bytes {range.Start}-{range.End - 1} instead of those asked for", replied);

    private static RangeJudgement Protocol(string reason) => RangeJudgement.Protocol(reason);
}
