using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class CredentialFingerprintTests
{
    [Fact]
    public void A_request_that_says_nothing_about_who_asks_has_none() => Assert.Empty(Of(
        ("Range", "bytes=0-9"), ("Accept-Encoding", "identity"), ("If-Match", "\"a\""), ("traceparent", "00-1"), ("Request-Id", "1"),
        ("X-Request-Id", "1"), ("Host", "host.example"), ("Connection", "close")));

    [Theory]
    [InlineData("Authorization")]
    [InlineData("Cookie")]
    [InlineData("X-Api-Key")]
    [InlineData("Accept-Language")]
    public void H2_H6_each_value_of_any_other_header_has_its_own(string name)
    {
        Assert.NotEmpty(Of((name, "a")));
        Assert.NotEqual(Of((name, "a")), Of((name, "b")), StringComparer.Ordinal);
        Assert.Equal(Of((name, "a")), Of((name, "a"), ("Range", "bytes=5-6")));
    }

    [Fact]
    public void Neither_the_order_nor_the_case_of_names_matters() =>
        Assert.Equal(Of(("X-A", "1"), ("X-B", "2")), Of(("x-b", "2"), ("x-a", "1")));

    [Fact]
    public void Borders_between_parts_matter()
    {
        Assert.NotEqual(Of(("X-A", "1"), ("X-B", "2")), Of(("X-A", "2"), ("X-B", "1")), StringComparer.Ordinal);
        Assert.NotEqual(Of(("X-A", "12")), Of(("X-A", "1"), ("X-A", "2")), StringComparer.Ordinal);
        Assert.NotEqual(Of(("X-A", "bc")), Of(("X-Ab", "c")), StringComparer.Ordinal);
    }

    [Fact]
    public void User_information_is_a_credential()
    {
        Assert.NotEmpty(Of("https://user:one@host.example/"));
        Assert.NotEqual(Of("https://user:one@host.example/"), Of("https://user:two@host.example/"), StringComparer.Ordinal);
        Assert.Empty(Of("https://host.example/?token=x"));
    }

    [Fact]
    public void H3_a_URL_or_a_host_that_a_handler_has_put_in_place_of_the_files_is_told_apart()
    {
        var asked = new Uri("https://host.example/f");
        using var request = new HttpRequestMessage(HttpMethod.Get, asked);
        request.Headers.Host = "host.example";
        Assert.Empty(CredentialFingerprint.Of(request, asked));

        request.Headers.Host = "tenant.example";
        string byHost = CredentialFingerprint.Of(request, asked);
        request.Headers.Host = null;
        request.RequestUri = new Uri("https://host.example/f?sig=a");
        string byUrl = CredentialFingerprint.Of(request, asked);
        request.RequestUri = new Uri("https://host.example/f?sig=b");
        Assert.Equal(4, new HashSet<string>(StringComparer.Ordinal) { "", byHost, byUrl, CredentialFingerprint.Of(request, asked) }.Count);
    }

    [Fact]
    public void The_host_that_a_service_is_resolved_to_says_nothing_of_who_asks()
    {
        var asked = new Uri("https+http://files/f");
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://10.0.0.7:8080/f");
        Assert.Empty(CredentialFingerprint.Of(request, asked));

        request.RequestUri = new Uri("http://10.0.0.7:8080/f?sig=a");
        Assert.NotEmpty(CredentialFingerprint.Of(request, asked));
    }

    [Fact]
    public void H7_it_shows_no_credential() => Assert.Matches("^[0-9A-F]{64}$", Of(("Authorization", "canary")));

    private static string Of(params (string Name, string Value)[] headers) => Of("https://host.example/", headers);

    private static string Of(string url, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        foreach ((string name, string value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return CredentialFingerprint.Of(request, new Uri(url));
    }
}
