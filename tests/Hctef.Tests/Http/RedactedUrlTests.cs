using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class RedactedUrlTests
{
    [Theory]
    [InlineData("https://user:canary@host.example/dir/file.zip?sig=canary#canary", "https://host.example/dir/file.zip")]
    [InlineData("http://host.example", "http://host.example/")]
    [InlineData("http://host.example:8080/a", "http://host.example:8080/a")]
    [InlineData("https://host.example:443/a", "https://host.example/a")]
    [InlineData("http://[::1]:81/a?canary", "http://[::1]:81/a")]
    [InlineData("https://b\u00fccher.example/\u00e9", "https://xn--bcher-kva.example/%C3%A9")]
    [InlineData("https+http://canary@files/dir/file.zip?canary#canary", "https+http://files/dir/file.zip")]
    [InlineData("https://canary@host.example", "https://host.example/")]
    public void H7_a_URL_shows_scheme_host_port_and_path(string url, string shown) =>
        Assert.Equal(shown, RedactedUrl.Of(new Uri(url)));

    [Theory]
    [InlineData("https://host.example/a#canary")]
    [InlineData("https://host.example/a?canary#canary")]
    public void H7_a_URL_without_canonicalization_hides_its_fragment_too(string url)
    {
        var exact = new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        Assert.Equal("https://host.example/a", RedactedUrl.Of(exact));
    }

    [Theory]
    [InlineData("mailto:canary@host.example", "mailto:(hidden)")]
    [InlineData("data:text/plain,canary", "data:(hidden)")]
    [InlineData("ftp://canary:canary@host.example/", "ftp:(hidden)")]
    public void H7_other_schemes_show_nothing_else(string url, string shown) => Assert.Equal(shown, RedactedUrl.Of(new Uri(url)));

    [Fact]
    public void H7_a_relative_URL_shows_nothing() =>
        Assert.DoesNotContain("canary", RedactedUrl.Of(new Uri("canary?canary", UriKind.Relative)), StringComparison.Ordinal);

    [Fact]
    public void F6_a_long_URL_is_cut() =>
        Assert.InRange(RedactedUrl.Of(new Uri($"https://host.example/{new string('x', 5000)}")).Length, 1000, 1100);
}
