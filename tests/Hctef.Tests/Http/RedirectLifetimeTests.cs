using System.Net;
using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class RedirectLifetimeTests
{
    private const string Signed = "https://cdn.example/f?X-Amz-Date=20300101T000000Z&X-Amz-Expires=300";
    private const string Plain = "https://cdn.example/f";

    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(302, Plain, null, 60)]
    [InlineData(303, Plain, null, 60)]
    [InlineData(307, Plain, null, 60)]
    [InlineData(301, Plain, null, 86_400)]
    [InlineData(308, Plain, null, 86_400)]
    [InlineData(302, Plain, "max-age=10", 10)]
    [InlineData(302, Plain, "max-age=3600", 3600)]
    [InlineData(301, Plain, "max-age=10", 10)]
    [InlineData(302, Plain, "max-age=0", 0)]
    [InlineData(302, Plain, "no-cache", 0)]
    [InlineData(301, Plain, "no-store", 0)]
    [InlineData(302, Signed, null, 295)]
    [InlineData(302, Signed, "no-cache", 295)]
    [InlineData(301, Signed, "max-age=3600", 295)]
    [InlineData(302, Signed, "max-age=10", 10)]
    [InlineData(302, Signed, "no-store", 0)]
    public void Lifetimes(int status, string target, string? cacheControl, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Of(status, target, cacheControl is null ? [] : [("Cache-Control", cacheControl)]));

    [Fact]
    public void Time_in_a_cache_counts() =>
        Assert.Equal(TimeSpan.FromSeconds(4), Of(302, Plain, [("Cache-Control", "max-age=10"), ("Age", "6")]));

    [Theory]
    [InlineData("Tue, 01 Jan 2030 00:04:00 GMT", 55)]
    [InlineData("Mon, 31 Dec 2029 23:00:00 GMT", 295)]
    public void The_later_of_two_clocks_counts(string date, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Of(302, Signed, [("Date", date)]));

    private static TimeSpan Of(int status, string target, (string, string)[] headers)
    {
        using HttpResponseMessage reply = Reply.Of((HttpStatusCode)status, headers);
        return RedirectLifetime.Of(reply, new Uri(target), Now);
    }
}
