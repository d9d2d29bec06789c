using System.Net;
using Hctef.Http;

namespace Hctef.Tests.Http;

/// <summary>Every clause of the predicate for a 206, at open (nothing pinned) and later.</summary>
public sealed class RangeAcceptanceTests
{
    private static readonly Representation Pinned = new() { Length = 100, EntityTag = Reply.Tag };
    private static readonly (string, string) SameTag = ("ETag", Reply.Tag);

    [Fact]
    public void The_asked_range_is_accepted()
    {
        RangeJudgement judgement = Later(Reply.Partial("bytes 10-19/100", SameTag, ("Content-Length", "10")));

        Assert.Equal((RangeVerdict.Accepted, 10L, 20L), (judgement.Verdict, judgement.Start, judgement.End));
        Assert.Equal(Pinned, judgement.Representation);
    }

    [Fact]
    public void At_open_the_reply_tells_the_version()
    {
        RangeJudgement judgement = First(
            Reply.Partial(
                "bytes 10-19/100",
                ("ETag", "W/\"x\""),
                ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"),
                ("Date", "Sun, 06 Nov 1994 08:49:38 GMT"),
                ("Content-Type", "application/zip")),
            RequestedRange.Closed(10, 20));

        Assert.Equal(RangeVerdict.Accepted, judgement.Verdict);
        Representation version = judgement.Representation!;
        Assert.Equal((100L, "W/\"x\"", false), (version.Length, version.EntityTag, version.HasStrongEntityTag));
        Assert.Equal(new DateTimeOffset(1994, 11, 6, 8, 49, 37, TimeSpan.Zero), version.LastModified);
        Assert.True(version.LastModifiedIsStrong);
        Assert.Equal("application/zip", version.ContentType);
    }

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:36 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", "now")]
    [InlineData("yesterday", "Sun, 06 Nov 1994 08:49:37 GMT")]
    public void D3_a_date_of_the_same_second_is_weak(string lastModified, string date) => Assert.False(
        First(Reply.Partial("bytes 0-0/1", ("Last-Modified", lastModified), ("Date", date)), RequestedRange.Closed(0, 1))
            .Representation!.LastModifiedIsStrong);

    [Theory]
    [InlineData("bytes 11-20/100")]
    [InlineData("bytes 0-9/100")]
    [InlineData("bytes 90-99/100")]
    public void A3_another_start_is_refused(string contentRange)
    {
        AssertMisplaced(Later(Reply.Partial(contentRange, SameTag)));
        AssertMisplaced(First(Reply.Partial(contentRange), RequestedRange.Closed(10, 20)));
    }

    [Fact]
    public void A4_an_earlier_start_that_covers_the_range_is_refused()
    {
        AssertMisplaced(Later(Reply.Partial("bytes 0-19/100", SameTag)));
        AssertMisplaced(Later(Reply.Partial("bytes 0-99/100", SameTag)));
    }

    [Fact]
    public void A5_a_shorter_prefix_is_accepted()
    {
        RangeJudgement judgement = Later(Reply.Partial("bytes 10-14/100", SameTag));
        Assert.Equal((RangeVerdict.Accepted, 10L, 15L), (judgement.Verdict, judgement.Start, judgement.End));
    }

    [Fact]
    public void A6_a_later_end_is_refused()
    {
        AssertMisplaced(Later(Reply.Partial("bytes 10-20/100", SameTag)));
        AssertMisplaced(First(Reply.Partial("bytes 0-99/100"), RequestedRange.Closed(0, 1)));
    }

    [Theory]
    [InlineData("9")]
    [InlineData("11")]
    [InlineData("-10")]
    [InlineData("ten")]
    [InlineData("99999999999999999999")]
    public void A8_a_Content_Length_that_contradicts_the_range_is_refused(string length) =>
        AssertProtocol(Later(Reply.Partial("bytes 10-19/100", SameTag, ("Content-Length", length))));

    [Fact]
    public void A8_two_Content_Lengths_are_refused() =>
        AssertProtocol(Later(Reply.Partial("bytes 10-19/100", SameTag, ("Content-Length", "10"), ("Content-Length", "11"))));

    [Fact]
    public void A9_no_Content_Range_is_refused() => AssertProtocol(Later(Reply.Of(HttpStatusCode.PartialContent, SameTag)));

    [Fact]
    public void A9_two_Content_Ranges_are_refused() =>
        AssertProtocol(Later(Reply.Partial("bytes 10-19/100", SameTag, ("Content-Range", "bytes 20-29/100"))));

    [Theory]
    [InlineData("bytes=10-19/100")]
    [InlineData("items 10-19/100")]
    [InlineData("bytes */100")]
    [InlineData("bytes 19-10/100")]
    [InlineData("bytes 10-9223372036854775807/*")]
    public void A10_A11_an_invalid_Content_Range_is_refused(string contentRange)
    {
        AssertProtocol(Later(Reply.Partial(contentRange, SameTag)));
        AssertProtocol(First(Reply.Partial(contentRange), RequestedRange.Suffix(10)));
    }

    [Fact]
    public void A12_a_range_without_total_is_accepted_once_the_length_is_known()
    {
        RangeJudgement judgement = Later(Reply.Partial("bytes 10-19/*", SameTag));
        Assert.Equal(RangeVerdict.Accepted, judgement.Verdict);
        Assert.Equal(100, judgement.Representation!.Length);
        AssertMisplaced(Later(Reply.Partial("bytes 10-20/*", SameTag)));
    }

    [Fact]
    public void A12_a_range_without_total_does_not_open_a_file()
    {
        Assert.Equal(RangeVerdict.LengthUnknown, First(Reply.Partial("bytes 0-0/*"), RequestedRange.Closed(0, 1)).Verdict);
        Assert.Equal(RangeVerdict.LengthUnknown, First(Reply.Partial("bytes 5-9/*"), RequestedRange.Suffix(5)).Verdict);
        AssertProtocol(First(Reply.Partial("bytes 1-1/*"), RequestedRange.Closed(0, 1)));
    }

    [Fact]
    public void A13_another_total_with_the_same_tag_is_a_change() =>
        AssertChanged(Later(Reply.Partial("bytes 10-19/101", SameTag)));

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("identity, gzip")]
    public void A14_a_content_coding_is_refused(string coding) =>
        AssertProtocol(Later(Reply.Partial("bytes 10-19/100", SameTag, ("Content-Encoding", coding))));

    [Theory]
    [InlineData("identity")]
    [InlineData("Identity")]
    [InlineData("")]
    public void A14_identity_is_no_content_coding(string coding) => Assert.Equal(
        RangeVerdict.Accepted, Later(Reply.Partial("bytes 10-19/100", SameTag, ("Content-Encoding", coding))).Verdict);

    [Fact]
    public void A16_a_multipart_reply_is_refused() => AssertProtocol(
        Later(Reply.Partial("bytes 10-19/100", SameTag, ("Content-Type", "Multipart/ByteRanges; boundary=x"))));

    [Fact]
    public void D2_another_tag_is_a_change() => AssertChanged(Later(Reply.Partial("bytes 10-19/100", ("ETag", "\"v2\""))));

    [Fact]
    public void D1_another_tag_and_length_is_a_change_though_the_range_is_shorter() =>
        AssertChanged(Later(Reply.Partial("bytes 10-14/15", ("ETag", "\"v2\""))));

    [Theory]
    [InlineData("W/\"v1\"")]
    [InlineData("v1")]
    [InlineData("\"V1\"")]
    public void D4_a_tag_that_is_not_byte_equal_is_a_change(string tag) =>
        AssertChanged(Later(Reply.Partial("bytes 10-19/100", ("ETag", tag))));

    [Fact]
    public void D4_a_strong_tag_that_vanishes_is_a_change() => AssertChanged(Later(Reply.Partial("bytes 10-19/100")));

    [Fact]
    public void A_date_matters_only_without_a_strong_tag()
    {
        const string Day = "Sun, 06 Nov 1994 08:49:37 GMT";
        const string NextDay = "Mon, 07 Nov 1994 08:49:37 GMT";
        Representation dated = new() { Length = 100, LastModifiedRaw = Day };

        Assert.Equal(RangeVerdict.Accepted, Later(WithDate(Day), dated).Verdict);
        Assert.Equal(RangeVerdict.Accepted, Later(WithDate("Sunday, 06-Nov-94 08:49:37 GMT"), dated).Verdict);
        Assert.Equal(RangeVerdict.Accepted, Later(Reply.Partial("bytes 10-19/100"), dated).Verdict);
        AssertChanged(Later(WithDate(NextDay), dated));
        Assert.Equal(RangeVerdict.Accepted, Later(WithDate(NextDay, SameTag), dated with { EntityTag = Reply.Tag }).Verdict);

        static HttpResponseMessage WithDate(string date, params (string, string)[] more) =>
            Reply.Partial("bytes 10-19/100", [("Last-Modified", date), .. more]);
    }

    [Fact]
    public void A_weak_tag_that_differs_is_a_change_and_one_that_vanishes_is_not()
    {
        Representation weak = new() { Length = 100, EntityTag = "W/\"a\"" };

        Assert.Equal(RangeVerdict.Accepted, Later(Reply.Partial("bytes 10-19/100", ("ETag", "W/\"a\"")), weak).Verdict);
        Assert.Equal(RangeVerdict.Accepted, Later(Reply.Partial("bytes 10-19/100"), weak).Verdict);
        AssertChanged(Later(Reply.Partial("bytes 10-19/100", ("ETag", "W/\"b\"")), weak));
    }

    [Theory]
    [InlineData("bytes 90-99/100", 90, 100)]
    [InlineData("bytes 90-94/100", 90, 95)]
    [InlineData("bytes 0-4/5", 0, 5)]
    public void A_suffix_is_accepted_where_the_total_puts_it(string contentRange, long start, long end)
    {
        RangeJudgement judgement = First(Reply.Partial(contentRange), RequestedRange.Suffix(10));
        Assert.Equal((RangeVerdict.Accepted, start, end), (judgement.Verdict, judgement.Start, judgement.End));
    }

    [Theory]
    [InlineData("bytes 0-9/100")]
    [InlineData("bytes 0-99/100")]
    [InlineData("bytes 89-99/100")]
    [InlineData("bytes 91-99/100")]
    public void A_misread_suffix_is_misplaced_at_open_and_tells_the_length(string contentRange)
    {
        RangeJudgement judgement = First(Reply.Partial(contentRange), RequestedRange.Suffix(10));
        Assert.Equal((RangeVerdict.Misplaced, 100L), (judgement.Verdict, judgement.Representation!.Length));

        AssertMisplaced(ReplyClassification.Judge(Reply.Partial(contentRange, SameTag), RequestedRange.Suffix(10), Pinned));
    }

    [Fact]
    public void F4_more_than_one_ETag_is_refused() =>
        AssertProtocol(Later(Reply.Partial("bytes 10-19/100", SameTag, SameTag)));

    [Fact]
    public void F4_a_giant_ETag_is_refused()
    {
        string tag = $"\"{new string('x', 1023)}\"";
        RangeJudgement judgement = First(Reply.Partial("bytes 0-0/1", ("ETag", tag)), RequestedRange.Closed(0, 1));
        Assert.Equal((RangeVerdict.Protocol, HctefNetworkError.LimitExceeded), (judgement.Verdict, judgement.Error));

        RangeJudgement largest = First(Reply.Partial("bytes 0-0/1", ("ETag", tag.Remove(5, 1))), RequestedRange.Closed(0, 1));
        Assert.Equal(RangeVerdict.Accepted, largest.Verdict);
    }

    [Fact]
    public void F5_a_claimed_length_is_only_a_number()
    {
        RangeJudgement judgement = First(Reply.Partial("bytes 0-0/4611686018427387904"), RequestedRange.Closed(0, 1));
        Assert.Equal((RangeVerdict.Accepted, 4611686018427387904), (judgement.Verdict, judgement.Representation!.Length));
    }

    [Fact]
    public void F6_what_the_server_says_is_shown_bounded()
    {
        string reason = Later(Reply.Partial("bytes " + new string('5', 4000), SameTag)).Reason;
        Assert.Contains("bytes 555", reason, StringComparison.Ordinal);
        Assert.InRange(reason.Length, 1, 200);
    }

    [Theory]
    [InlineData("bytes \u0001\u00e9")]
    [InlineData("bytes /file?token")]
    public void H7_what_may_be_the_request_sent_back_is_not_shown(string contentRange)
    {
        string reason = Later(Reply.Partial(contentRange, SameTag)).Reason;
        Assert.Contains("(not shown)", reason, StringComparison.Ordinal);
        Assert.DoesNotContain(contentRange, reason, StringComparison.Ordinal);
    }

    private static RangeJudgement First(HttpResponseMessage response, RequestedRange asked) =>
        ReplyClassification.Judge(response, asked, pinned: null);

    private static RangeJudgement Later(HttpResponseMessage response, Representation? pinned = null) =>
        ReplyClassification.Judge(response, RequestedRange.Closed(10, 20), pinned ?? Pinned);

    private static void AssertProtocol(RangeJudgement judgement)
    {
        Assert.Equal((RangeVerdict.Protocol, HctefNetworkError.Protocol), (judgement.Verdict, judgement.Error));
        Assert.NotEmpty(judgement.Reason);
    }

    private static void AssertMisplaced(RangeJudgement judgement)
    {
        Assert.Equal((RangeVerdict.Misplaced, HctefNetworkError.Protocol), (judgement.Verdict, judgement.Error));
        Assert.NotEmpty(judgement.Reason);
    }

    private static void AssertChanged(RangeJudgement judgement)
    {
        Assert.Equal(RangeVerdict.Changed, judgement.Verdict);
        Assert.NotNull(judgement.Representation);
        Assert.NotEmpty(judgement.Reason);
    }
}
