using System.Net;
using Hctef.Http;

namespace Hctef.Tests.Http;

/// <summary>Replies other than 206.</summary>
public sealed class ReplyClassificationTests
{
    private static readonly Representation Pinned = new() { Length = 100, EntityTag = Reply.Tag };
    private static readonly (string, string) SameTag = ("ETag", Reply.Tag);

    [Theory]
    [InlineData("100", 100L)]
    [InlineData("many", null)]
    public void A1_a_200_at_open_is_the_whole_file(string contentLength, long? length)
    {
        RangeJudgement judgement = First(Reply.Of(HttpStatusCode.OK, ("Content-Length", contentLength)));
        Assert.Equal((RangeVerdict.RangeIgnored, length), (judgement.Verdict, judgement.Representation?.Length));
    }

    [Fact]
    public void A1_a_Content_Range_on_200_means_nothing() => Assert.Equal(
        RangeVerdict.RangeIgnored, First(Reply.Of(HttpStatusCode.OK, ("Content-Range", "bytes 10-19/100"))).Verdict);

    [Fact]
    public void A2_a_later_200_of_the_same_version_is_ignored_ranges_and_of_another_a_change()
    {
        Assert.Equal(RangeVerdict.RangeIgnored, Later(Reply.Of(HttpStatusCode.OK, SameTag, ("Content-Length", "100"))).Verdict);
        Assert.Equal(RangeVerdict.RangeIgnored, Later(Reply.Of(HttpStatusCode.OK)).Verdict);
        Assert.Equal(RangeVerdict.Changed, Later(Reply.Of(HttpStatusCode.OK, SameTag, ("Content-Length", "101"))).Verdict);
        Assert.Equal(RangeVerdict.Changed, Later(Reply.Of(HttpStatusCode.OK, ("ETag", "\"v2\""), ("Content-Length", "100"))).Verdict);
    }

    [Fact]
    public void A14_a_200_with_a_content_coding_is_told_apart() => Assert.Equal(
        RangeVerdict.ContentEncoded, First(Reply.Of(HttpStatusCode.OK, ("Content-Encoding", "gzip"), ("Content-Length", "0"))).Verdict);

    [Fact]
    public void A18_an_empty_file_is_a_416_or_a_200_without_bytes()
    {
        AssertEmpty(Reply.Of(HttpStatusCode.RequestedRangeNotSatisfiable, SameTag, ("Content-Range", "bytes */0")));
        AssertEmpty(Reply.Of(HttpStatusCode.OK, SameTag, ("Content-Length", "0")));

        static void AssertEmpty(HttpResponseMessage response)
        {
            RangeJudgement judgement = First(response);
            Assert.Equal(RangeVerdict.EmptyFile, judgement.Verdict);
            Assert.Equal(new Representation { Length = 0, EntityTag = Reply.Tag }, judgement.Representation);
        }
    }

    [Fact]
    public void A18_other_answers_of_an_empty_file_are_errors()
    {
        Assert.Equal(RangeVerdict.RangeRefused, First(Reply.Of(HttpStatusCode.BadRequest)).Verdict);
        Assert.Equal(RangeVerdict.Protocol, First(Reply.Partial("bytes 0-0/0")).Verdict);
    }

    [Fact]
    public void An_empty_file_that_is_still_empty_is_no_change()
    {
        Representation empty = new() { Length = 0, EntityTag = Reply.Tag };
        Assert.Equal(RangeVerdict.EmptyFile, Judge(Unsatisfied("bytes */0"), empty).Verdict);
        Assert.Equal(RangeVerdict.EmptyFile, Judge(Reply.Of(HttpStatusCode.OK, SameTag, ("Content-Length", "0")), empty).Verdict);
        Assert.Equal(RangeVerdict.Changed, Judge(Reply.Partial("bytes 0-0/1", SameTag), empty).Verdict);
    }

    [Theory]
    [InlineData("bytes */99", RangeVerdict.Changed)]
    [InlineData("bytes */0", RangeVerdict.Changed)]
    [InlineData("bytes */100", RangeVerdict.Protocol)]
    [InlineData("bytes 0-9/100", RangeVerdict.Protocol)]
    [InlineData("junk", RangeVerdict.Protocol)]
    public void A19_a_416_inside_a_known_file_is_a_change_or_a_lie(string contentRange, object verdict) =>
        Assert.Equal(verdict, Later(Unsatisfied(contentRange)).Verdict);

    [Fact]
    public void A19_a_416_of_another_tag_is_a_change() => Assert.Equal(
        RangeVerdict.Changed,
        Later(Reply.Of(HttpStatusCode.RequestedRangeNotSatisfiable, ("Content-Range", "bytes */100"), ("ETag", "\"v2\""))).Verdict);

    [Fact]
    public void A_416_at_open_refuses_ranges_and_may_tell_the_length()
    {
        RangeJudgement told = First(Unsatisfied("bytes */100"));
        Assert.Equal((RangeVerdict.RangeRefused, 100L), (told.Verdict, told.Representation!.Length));

        RangeJudgement untold = First(Reply.Of(HttpStatusCode.RequestedRangeNotSatisfiable));
        Assert.Equal((RangeVerdict.RangeRefused, null), (untold.Verdict, untold.Representation));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.NotImplemented)]
    public void A_400_or_501_refuses_ranges_at_open_only(HttpStatusCode status)
    {
        Assert.Equal(RangeVerdict.RangeRefused, First(Reply.Of(status)).Verdict);
        Assert.Equal(RangeVerdict.Status, Later(Reply.Of(status)).Verdict);
    }

    [Fact]
    public void A_412_to_the_pinned_tag_is_a_change()
    {
        Assert.Equal(RangeVerdict.Changed, Later(Reply.Of(HttpStatusCode.PreconditionFailed)).Verdict);
        Assert.Equal(RangeVerdict.Status, First(Reply.Of(HttpStatusCode.PreconditionFailed)).Verdict);
        Assert.Equal(
            RangeVerdict.Status, Judge(Reply.Of(HttpStatusCode.PreconditionFailed), Pinned with { EntityTag = "W/\"a\"" }).Verdict);
    }

    [Theory]
    [InlineData(201)]
    [InlineData(204)]
    [InlineData(226)]
    [InlineData(299)]
    [InlineData(302)]
    [InlineData(304)]
    public void A20_a_status_that_means_nothing_here_is_a_protocol_error(int status)
    {
        Assert.Equal(RangeVerdict.Protocol, First(Reply.Of((HttpStatusCode)status)).Verdict);
        Assert.Equal(RangeVerdict.Protocol, Later(Reply.Of((HttpStatusCode)status)).Verdict);
    }

    [Theory]
    [InlineData(Reply.Tag, RangeVerdict.NotModified)]
    [InlineData("\"v2\"", RangeVerdict.Protocol)]
    [InlineData("W/" + Reply.Tag, RangeVerdict.Protocol)]
    [InlineData(null, RangeVerdict.Protocol)]
    public void A_304_is_believed_by_the_tag_that_was_asked_for_alone(string? tag, object verdict)
    {
        (string, string)[] headers = tag is null ? [] : [("ETag", tag)];
        RangeJudgement judgement = Conditional(Pinned, headers);
        Assert.Equal(verdict, judgement.Verdict);
        Assert.Equal(tag == Reply.Tag ? Pinned.Length : null, judgement.Representation?.Length);
    }

    [Theory]
    [InlineData("W/" + Reply.Tag)]
    [InlineData(null)]
    public void A_304_is_no_answer_where_the_known_version_has_no_strong_tag(string? tag)
    {
        (string, string)[] headers = tag is null ? [] : [("ETag", tag)];
        Assert.Equal(RangeVerdict.Protocol, Conditional(new Representation { Length = 100, EntityTag = tag }, headers).Verdict);
    }

    [Fact]
    public void A_304_tells_anew_who_may_keep_the_bytes_and_has_no_body()
    {
        RangeJudgement judgement = Conditional(Pinned, SameTag, ("Cache-Control", "no-store"));
        Assert.Equal((RangeVerdict.NotModified, false), (judgement.Verdict, judgement.Representation!.CacheRules.CanBeShared));
        Assert.Equal(judgement.Start, judgement.End);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public void Other_statuses_are_errors(int status)
    {
        Assert.Equal(RangeVerdict.Status, First(Reply.Of((HttpStatusCode)status)).Verdict);
        Assert.Equal(RangeVerdict.Status, Later(Reply.Of((HttpStatusCode)status)).Verdict);
    }

    [Fact]
    public void A21_a_page_instead_of_the_file_is_named_by_its_type() => Assert.Contains(
        "text/html", First(Reply.Of(HttpStatusCode.OK, ("Content-Type", "text/html"))).Reason, StringComparison.Ordinal);

    private static HttpResponseMessage Unsatisfied(string contentRange) =>
        Reply.Of(HttpStatusCode.RequestedRangeNotSatisfiable, ("Content-Range", contentRange));

    private static RangeJudgement Conditional(Representation known, params (string, string)[] headers) =>
        ReplyClassification.Judge(Reply.Of(HttpStatusCode.NotModified, headers), RequestedRange.Closed(10, 20), pinned: null, known);

    private static RangeJudgement First(HttpResponseMessage response) => Judge(response, null);

    private static RangeJudgement Later(HttpResponseMessage response) => Judge(response, Pinned);

    private static RangeJudgement Judge(HttpResponseMessage response, Representation? pinned) =>
        ReplyClassification.Judge(response, RequestedRange.Closed(10, 20), pinned);
}
