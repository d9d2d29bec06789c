using System.Net;
using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class RedirectHandlerTests
{
    private const string Origin = "https://origin.example";

    private readonly Dictionary<string, (HttpStatusCode Status, string? Location)> _redirects = new(StringComparer.Ordinal);
    private readonly HctefTransportOptions _transport = new();
    private readonly StubHandler _stub;

    public RedirectHandlerTests() => _stub = new StubHandler(Answer);

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task G11_a_redirect_is_followed_by_the_same_request(int status)
    {
        Redirect($"{Origin}/a", "https://cdn.example/b", (HttpStatusCode)status);

        using RangeReply reply = await SendAsync(pinned: new Representation { Length = 100, EntityTag = Reply.Tag });

        Assert.Equal(RangeVerdict.Accepted, reply.Verdict);
        Assert.Equal("https://cdn.example/b", reply.ServedBy.AbsoluteUri);
        HttpRequestMessage hop = _stub.Requests[1];
        Assert.Equal(HttpMethod.Get, hop.Method);
        Assert.Equal("bytes=10-19", StubHandler.Header(hop, "Range"));
        Assert.Equal("identity", StubHandler.Header(hop, "Accept-Encoding"));
        Assert.Equal(Reply.Tag, StubHandler.Header(hop, "If-Match"));
        Assert.Equal((_stub.Requests[0].Version, _stub.Requests[0].VersionPolicy), (hop.Version, hop.VersionPolicy));
        Assert.True(hop.Options.TryGetValue(RangeRequestContext.Key, out _));
    }

    [Theory]
    [InlineData("https://other.example/b")]
    [InlineData("https://origin.example:8443/b")]
    [InlineData("https://origin.example.evil.example/b")]
    public async Task H1_another_origin_gets_no_header_that_Hctef_did_not_set(string target)
    {
        Redirect($"{Origin}/a", target);

        using RangeReply reply = await SendAsync(headers: Credentials());

        Assert.Equal(["Accept-Encoding", "Range"], NamesOf(_stub.Requests[1]));
    }

    [Fact]
    public async Task H1_another_scheme_is_another_origin()
    {
        Redirect("http://origin.example/a", "https://origin.example/b");

        using RangeReply reply = await SendAsync("http://origin.example/a", Credentials());

        Assert.Equal(["Accept-Encoding", "Range"], NamesOf(_stub.Requests[1]));
    }

    [Fact]
    public async Task H1_the_same_origin_gets_the_callers_headers_also_after_a_detour()
    {
        Redirect($"{Origin}/a", "/b");
        Redirect($"{Origin}/b", "https://other.example/c");
        Redirect("https://other.example/c", "https://ORIGIN.example:443/d");

        using RangeReply reply = await SendAsync(headers: Credentials());

        Assert.Equal("canary", StubHandler.Header(_stub.Requests[1], "Authorization"));
        Assert.Null(StubHandler.Header(_stub.Requests[2], "Authorization"));
        Assert.Equal("canary", StubHandler.Header(_stub.Requests[3], "X-Api-Key"));
    }

    [Fact]
    public async Task H1_an_allowed_host_gets_them_over_https_only()
    {
        Redirect("http://origin.example/a", "http://cdn.example/b");
        Redirect("http://cdn.example/b", "https://CDN.example/c");
        Redirect("https://cdn.example/c", "https://sub.cdn.example/d");

        using RangeReply reply = await SendAsync("http://origin.example/a", Credentials(), forwardTo: ["Cdn.example"]);

        Assert.Null(StubHandler.Header(_stub.Requests[1], "Authorization"));
        Assert.Equal("canary", StubHandler.Header(_stub.Requests[2], "Authorization"));
        Assert.Null(StubHandler.Header(_stub.Requests[3], "Authorization"));
    }

    [Fact]
    public async Task H1_headers_of_handlers_in_front_stay_on_the_origin_too()
    {
        Redirect($"{Origin}/a", "https://other.example/b");

        using RangeReply reply = await SendAsync(outer: request =>
        {
            request.Headers.TryAddWithoutValidation("Cookie", "canary");
            request.Headers.TryAddWithoutValidation("Host", "virtual.example");
        });

        Assert.Equal("canary", StubHandler.Header(_stub.Requests[0], "Cookie"));
        Assert.Equal(["Accept-Encoding", "Range"], NamesOf(_stub.Requests[1]));
    }

    [Fact]
    public async Task H3_the_fingerprint_covers_headers_of_handlers_in_front()
    {
        using RangeReply plain = await SendAsync();
        using RangeReply authorized = await SendAsync(
            outer: static request => request.Headers.TryAddWithoutValidation("Authorization", "canary"));

        Assert.Empty(plain.CredentialFingerprint);
        Assert.NotEmpty(authorized.CredentialFingerprint);
    }

    [Fact]
    public async Task A_referer_never_follows()
    {
        Redirect($"{Origin}/a", "/b");

        using RangeReply reply = await SendAsync(headers: [new("Referer", "https://page.example/?canary"), new("traceparent", "00-x")]);

        Assert.Equal(["Accept-Encoding", "Range"], NamesOf(_stub.Requests[1]));
    }

    [Theory]
    [InlineData("ftp://host.example/b")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://host.example/")]
    [InlineData("data:text/plain,canary")]
    [InlineData("mailto:canary@host.example")]
    [InlineData("http://origin.example/b")]
    public async Task G7_other_schemes_and_downgrades_are_not_followed(string location)
    {
        Redirect($"{Origin}/a", location);
        await AssertRefusedAsync(requests: 1);
    }

    [Fact]
    public async Task G7_http_may_be_followed_to_http_and_to_https()
    {
        Redirect("http://origin.example/a", "http://other.example/b");
        Redirect("http://other.example/b", "https://other.example/c");

        using RangeReply reply = await SendAsync("http://origin.example/a");

        Assert.Equal("https://other.example/c", reply.ServedBy.AbsoluteUri);
    }

    [Fact]
    public async Task G7_a_downgrade_behind_an_upgrade_is_not_followed()
    {
        Redirect("http://origin.example/a", "https://other.example/b");
        Redirect("https://other.example/b", "http://other.example/c");
        await Assert.ThrowsAsync<HctefNetworkException>(() => SendAsync("http://origin.example/a"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://")]
    [InlineData("https://host.example/\u0001")]
    public async Task G8_a_redirect_without_a_target_is_refused(string? location)
    {
        Redirect($"{Origin}/a", location);
        await AssertRefusedAsync(requests: 1);
    }

    [Fact]
    public async Task G8_a_loop_ends_at_the_limit()
    {
        Redirect($"{Origin}/a", "/a");
        await AssertRefusedAsync(requests: 11, "HctefOptions.Transport.MaxRedirects");
    }

    [Fact]
    public async Task G8_as_many_redirects_as_the_limit_are_followed()
    {
        for (int i = 0; i < 10; i++)
        {
            Redirect(i == 0 ? $"{Origin}/a" : $"{Origin}/a{i}", $"/a{i + 1}");
        }

        using RangeReply reply = await SendAsync();

        Assert.Equal($"{Origin}/a10", reply.ServedBy.AbsoluteUri);
    }

    [Fact]
    public async Task G8_redirects_can_be_forbidden()
    {
        _transport.MaxRedirects = 0;
        Redirect($"{Origin}/a", "/b");
        await AssertRefusedAsync(requests: 1);
    }

    [Theory]
    [InlineData("https://cdn.example/%7Efile/%41?sig=a%2Fb%2fc&x=%7e", "https://cdn.example/%7Efile/%41?sig=a%2Fb%2fc&x=%7e")]
    [InlineData("/%7Efile?sig=%41", "https://origin.example/%7Efile?sig=%41")]
    [InlineData("//cdn.example/%7Efile", "https://cdn.example/%7Efile")]
    [InlineData("https://cdn.example/f?sig=1#part", "https://cdn.example/f?sig=1")]
    [InlineData("/f#part", "https://origin.example/f")]
    [InlineData("%7Efile/%41?sig=%7e", "https://origin.example/dir/%7Efile/%41?sig=%7e")]
    [InlineData("?v=%7E", "https://origin.example/dir/a?v=%7E")]
    [InlineData("./b", "https://origin.example/dir/b")]
    [InlineData("?v=2", "https://origin.example/dir/a?v=2")]
    [InlineData("b/../c", "https://origin.example/dir/c")]
    [InlineData("/caf\u00c3\u00a9 1", "https://origin.example/caf%C3%A9%201")]
    public async Task G11_a_signed_target_is_sent_as_it_was_written(string location, string target)
    {
        Redirect($"{Origin}/dir/a", location);

        using RangeReply reply = await SendAsync($"{Origin}/dir/a");

        Uri sent = _stub.Requests[1].RequestUri!;
        Assert.Equal(target, $"{sent.Scheme}://{sent.Authority}{sent.PathAndQuery}");
    }

    [Fact]
    public async Task F3_the_bodies_of_redirects_are_never_read()
    {
        var body = new ScriptedStream().ThenFails(new InvalidOperationException("read"));
        var stub = new StubHandler(request => request.RequestUri!.AbsolutePath == "/a"
            ? Reply.Of(HttpStatusCode.Found, body, ("Location", "/b"))
            : Partial());

        using RangeReply reply = await SendAsync(stub: stub);

        Assert.Equal(RangeVerdict.Accepted, reply.Verdict);
        Assert.True(body.IsDisposed);
    }

    [Fact]
    public async Task Failures_behind_a_redirect_name_its_origin_and_no_secret()
    {
        Redirect($"{Origin}/a", "https://cdn.example/canary/path?sig=canary");
        _redirects["https://cdn.example/canary/path?sig=canary"] = (HttpStatusCode.Forbidden, null);

        using RangeReply reply = await SendAsync();

        string text = reply.ToException(RangeTarget.Create(new Uri($"{Origin}/a"), [], []), null).ToString();
        Assert.Contains("https://cdn.example", text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_requests_pass_untouched()
    {
        Redirect($"{Origin}/a", "/b");
        using var http = new HttpClient(new RedirectHandler(10, TimeProvider.System) { InnerHandler = _stub });

        using HttpResponseMessage response = await http.GetAsync(new Uri($"{Origin}/a"));

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
    }

    [Fact]
    public void A_synchronous_range_request_is_refused()
    {
        using var http = new HttpClient(new RedirectHandler(10, TimeProvider.System) { InnerHandler = _stub });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Origin}/a");
        request.Options.Set(RangeRequestContext.Key, new RangeRequestContext([]) { Asked = request.RequestUri! });

        Assert.Throws<NotSupportedException>(() => http.Send(request));
    }

    private static HttpResponseMessage Partial() => Reply.Partial("bytes 10-19/100", ("ETag", Reply.Tag));

    private static KeyValuePair<string, string>[] Credentials() =>
    [
        new("Authorization", "canary"), new("X-Api-Key", "canary"), new("Cookie", "canary"), new("User-Agent", "canary"),
        new("Proxy-Authorization", "canary"),
    ];

    private static List<string> NamesOf(HttpRequestMessage request) =>
        [.. request.Headers.NonValidated.Select(header => header.Key).Order(StringComparer.Ordinal)];

    private void Redirect(string from, string? location, HttpStatusCode status = HttpStatusCode.Found) =>
        _redirects[from] = (status, location);

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        if (!_redirects.TryGetValue(request.RequestUri!.AbsoluteUri, out var redirect))
        {
            return Partial();
        }

        return redirect.Location is null ? Reply.Of(redirect.Status) : Reply.Of(redirect.Status, ("Location", redirect.Location));
    }

    private async Task AssertRefusedAsync(int requests, string mention = $"{Origin}/a")
    {
        var failure = await Assert.ThrowsAsync<HctefNetworkException>(() => SendAsync());
        Assert.Equal((HctefNetworkError.Protocol, false), (failure.Error, failure.IsTransient));
        Assert.Contains(mention, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(requests, _stub.Requests.Count);
    }

    private async Task<RangeReply> SendAsync(
        string url = $"{Origin}/a",
        KeyValuePair<string, string>[]? headers = null,
        string[]? forwardTo = null,
        Representation? pinned = null,
        Action<HttpRequestMessage>? outer = null,
        StubHandler? stub = null)
    {
        var redirects = new RedirectHandler(_transport.MaxRedirects, TimeProvider.System) { InnerHandler = stub ?? _stub };
        var http = new HttpClient(new OuterHandler(outer) { InnerHandler = redirects });
        RangeTarget target = RangeTarget.Create(new Uri(url), headers ?? [], forwardTo ?? []);
        return await new RangeClient(http, _transport, new ManualTimeProvider())
            .SendAsync(target, RequestedRange.Closed(10, 20), pinned, default);
    }

    /// <summary>Stands for a handler of the user, such as one that adds a token.</summary>
    private sealed class OuterHandler(Action<HttpRequestMessage>? change) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            change?.Invoke(request);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
