using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class RangeTargetTests
{
    private static readonly Uri File = new("https://host.example/file");

    [Theory]
    [InlineData("file.zip")]
    [InlineData("/file.zip?sig=canary")]
    public void A_relative_URL_is_refused(string url) => AssertUrlRefused(new Uri(url, UriKind.Relative));

    [Theory]
    [InlineData("ftp://canary@host.example/file")]
    [InlineData("file:///canary")]
    [InlineData("data:text/plain,canary")]
    [InlineData("mailto:canary@host.example")]
    public void Another_scheme_is_refused(string url) => AssertUrlRefused(new Uri(url));

    [Theory]
    [InlineData("https://host.example/a%7Eb?x=%41#part", "https://host.example/a%7Eb?x=%41")]
    [InlineData("http://host.example:8080/#", "http://host.example:8080/")]
    [InlineData("https://host.example/a?b", "https://host.example/a?b")]
    public void A_fragment_is_left_out(string url, string sent) =>
        Assert.Equal(sent, RangeTarget.Create(new Uri(url), [], []).Uri.AbsoluteUri);

    [Theory]
    [InlineData("https://host.example/a%7Eb/../c/./%41%2fd?x=%7e%2B+/..&y=(*)'!", "/a%7Eb/../c/./%41%2fd?x=%7e%2B+/..&y=(*)'!")]
    [InlineData("HTTPS://HOST.example:443/%7E", "/%7E")]
    [InlineData("https://us%7Eer:p@host.example/%7E?#%7E", "/%7E?")]
    [InlineData("https://host.example/%7E[", "/~[")]
    [InlineData("https://host.example/%7E%4", "/~%254")]
    [InlineData("https://host.example/%7E a", "/~%20a")]
    [InlineData("https://host.example/%7E\\b", "/~/b")]
    [InlineData("https://host.example/\u00e9", "/%C3%A9")]
    [InlineData("https://host.example", "/")]
    [InlineData("https://host.example?x=%7E", "/?x=~")]
    [InlineData("  https://host.example/%7E", "/%7E")]
    public void J17_a_URL_of_URL_characters_is_sent_as_it_was_written(string url, string sent)
    {
        Uri uri = RangeTarget.Create(new Uri(url), [], []).Uri;
        Assert.Equal(sent, uri.PathAndQuery);
        Assert.Equal("host.example", uri.IdnHost);
    }

    [Fact]
    public void J17_an_exact_URL_keeps_its_bytes()
    {
        Uri exact = Exact("https://host.example/a%7Eb/../%41?x=%7e#part");
        Assert.Equal("/a%7Eb/../%41?x=%7e", RangeTarget.Create(exact, [], []).Uri.PathAndQuery);
    }

    [Theory]
    [InlineData("https://host.example/a\r\nX: canary")]
    [InlineData("https://host.example/a b?canary")]
    [InlineData("https://host.example/\0")]
    [InlineData("https://host.example/\u00e9")]
    public void H8_an_exact_URL_of_other_characters_is_refused(string url)
    {
        var failure = Assert.Throws<ArgumentException>(() => RangeTarget.Create(Exact(url), [], []));
        Assert.DoesNotContain("\n", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("canary\r\nEvil: 1")]
    [InlineData("canary\n")]
    [InlineData("canary\0")]
    [InlineData("canary\u007f")]
    [InlineData("canary\u00e9")]
    [InlineData("canary\u0085")]
    [InlineData(null)]
    public void H8_a_header_value_with_control_characters_is_refused(string? value)
    {
        ArgumentException failure = AssertHeaderRefused("X-Token", value!);
        Assert.Contains("X-Token", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("X Token")]
    [InlineData("X-Token:")]
    [InlineData("X\r\nEvil")]
    [InlineData("X-T\u00f6ken")]
    [InlineData(null)]
    public void H8_a_name_that_is_no_token_is_refused(string? name) => AssertHeaderRefused(name!, "x");

    [Theory]
    [InlineData("Range")]
    [InlineData("range")]
    [InlineData("If-Range")]
    [InlineData("If-Match")]
    [InlineData("If-None-Match")]
    [InlineData("If-Modified-Since")]
    [InlineData("If-Unmodified-Since")]
    [InlineData("Accept-Encoding")]
    [InlineData("Host")]
    [InlineData("Content-Length")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Connection")]
    [InlineData("TE")]
    [InlineData("Upgrade")]
    [InlineData("Expect")]
    [InlineData("Content-Type")]
    public void A_name_that_Hctef_owns_or_that_describes_a_body_is_refused(string name) => AssertHeaderRefused(name, "x");

    [Fact]
    public void Other_headers_are_kept_as_they_are_at_the_time()
    {
        var headers = new List<KeyValuePair<string, string>> { new("Authorization", "Bearer a.b-c=="), new("X-Empty", "") };

        RangeTarget target = RangeTarget.Create(File, headers, ["cdn.example"]);
        headers.Clear();

        Assert.Equal([new("Authorization", "Bearer a.b-c=="), new("X-Empty", "")], target.Headers);
        Assert.Equal(["cdn.example"], target.ForwardHeadersTo);
    }

    private static Uri Exact(string url) =>
        new(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static void AssertUrlRefused(Uri uri)
    {
        var failure = Assert.Throws<HctefUrlException>(() => RangeTarget.Create(uri, [], []));
        Assert.DoesNotContain("canary", failure.Message, StringComparison.Ordinal);
    }

    private static ArgumentException AssertHeaderRefused(string name, string value) =>
        Assert.Throws<ArgumentException>(() => RangeTarget.Create(File, [new(name, value)], []));
}
