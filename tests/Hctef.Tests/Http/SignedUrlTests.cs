using System.Globalization;
using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class SignedUrlTests
{
    [Theory]
    [InlineData("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20300101T000000Z&X-Amz-Expires=300&X-Amz-Signature=1", "2030-01-01T00:05:00Z")]
    [InlineData("x-amz-expires=1&x-amz-date=20300101T000000Z", "2030-01-01T00:00:01Z")]
    [InlineData("X-Goog-Date=20300101T000000Z&X-Goog-Expires=604800", "2030-01-08T00:00:00Z")]
    [InlineData("sv=2024-08-04&se=2030-01-01T00%3A10%3A00Z&sig=a%3D", "2030-01-01T00:10:00Z")]
    [InlineData("se=2030-01-01T00:10:00.1234567Z", "2030-01-01T00:10:00.1234567Z")]
    [InlineData("se=2030-01-01T00:10Z", "2030-01-01T00:10:00Z")]
    [InlineData("se=2030-01-02", "2030-01-02T00:00:00Z")]
    [InlineData("Expires=1893456000&Signature=s&Key-Pair-Id=k", "2030-01-01T00:00:00Z")]
    [InlineData("Expires=1893456000&se=2029-12-31T00:00:00Z", "2029-12-31T00:00:00Z")]
    [InlineData("se=2029-12-31T00:00:00Z&Expires=1893456000", "2029-12-31T00:00:00Z")]
    public void Ends(string query, string end) => Assert.Equal(
        DateTimeOffset.Parse(end, CultureInfo.InvariantCulture), SignedUrl.EndOf(new Uri("https://cdn.example/f?" + query)));

    [Theory]
    [InlineData("")]
    [InlineData("v=2")]
    [InlineData("X-Amz-Date=20300101T000000Z")]
    [InlineData("X-Amz-Expires=300")]
    [InlineData("X-Amz-Date=yesterday&X-Amz-Expires=300")]
    [InlineData("X-Amz-Date=20300101T000000Z&X-Amz-Expires=-1")]
    [InlineData("X-Amz-Date=20300101T000000Z&X-Amz-Expires=99999999999999999999")]
    [InlineData("X-Amz-Date=99991231T235959Z&X-Amz-Expires=604800")]
    [InlineData("Expires=Tue, 01 Jan 2030 00:00:00 GMT")]
    [InlineData("Expires=1e9")]
    [InlineData("se=soon")]
    [InlineData("base=2030-01-01")]
    public void Ends_that_nothing_tells(string query) => Assert.Null(SignedUrl.EndOf(new Uri("https://cdn.example/f?" + query)));
}
