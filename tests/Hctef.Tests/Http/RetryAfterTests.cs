using System.Net;
using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class RetryAfterTests
{
    private const string Noon = "Sun, 06 Nov 1994 12:00:00 GMT";

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("0", 0)]
    [InlineData("2", 2)]
    [InlineData("86400", 86400)]
    [InlineData("9999999999", 9999999999)]
    public void C1_C3_seconds_are_read(string value, long seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Of(value));

    [Fact]
    public void C3_more_seconds_than_a_TimeSpan_holds_are_as_long_as_can_be() =>
        Assert.Equal(TimeSpan.MaxValue, Of("9223372036854775807"));

    [Theory]
    [InlineData("soon")]
    [InlineData("-5")]
    [InlineData("+5")]
    [InlineData("1.5")]
    [InlineData("1,000")]
    [InlineData("")]
    [InlineData("99999999999999999999")]
    [InlineData("Mon, 06 Nov 1994 12:00:05 GMT")]
    public void C3_junk_says_nothing(string value) => Assert.Null(Of(value));

    [Fact]
    public void C3_two_values_say_nothing() => Assert.Null(
        RetryAfter.Of(Reply.Of(HttpStatusCode.ServiceUnavailable, ("Retry-After", "1"), ("Retry-After", "2")), _time));

    [Fact]
    public void No_header_says_nothing() => Assert.Null(RetryAfter.Of(Reply.Of(HttpStatusCode.ServiceUnavailable), _time));

    [Theory]
    [InlineData("Sun, 06 Nov 1994 12:00:05 GMT", 5)]
    [InlineData("Sunday, 06-Nov-94 12:00:05 GMT", 5)]
    [InlineData("Sun Nov  6 12:00:05 1994", 5)]
    [InlineData("Sun, 06 Nov 1994 13:00:00 GMT", 3600)]
    public void C2_a_date_counts_from_the_servers_own_clock(string value, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Of(value, ("Date", Noon)));

    [Fact]
    public void C2_a_date_of_the_past_says_nothing() => Assert.Null(Of("Sun, 06 Nov 1994 11:59:59 GMT", ("Date", Noon)));

    [Fact]
    public void C2_a_date_without_the_servers_counts_from_ours() => Assert.Equal(
        TimeSpan.FromSeconds(7),
        Of((_time.GetUtcNow() + TimeSpan.FromSeconds(7)).ToString("r", System.Globalization.CultureInfo.InvariantCulture)));

    private TimeSpan? Of(string value, params (string, string)[] more) =>
        RetryAfter.Of(Reply.Of(HttpStatusCode.ServiceUnavailable, [("Retry-After", value), .. more]), _time);
}
