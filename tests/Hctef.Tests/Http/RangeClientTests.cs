using System.Net;
using System.Security.Authentication;
using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class RangeClientTests
{
    private static readonly Uri File = new("https://user:canary@host.example/dir/file.zip?sig=canary");
    private static readonly RequestedRange TenBytes = RequestedRange.Closed(10, 20);
    private static readonly Representation Pinned = new() { Length = 100, EntityTag = Reply.Tag };

    private readonly ManualTimeProvider _time = new();
    private readonly HctefTransportOptions _transport = new();

    [Fact]
    public async Task A_request_is_one_range_of_identity_bytes()
    {
        var stub = new StubHandler(_ => Partial());

        using RangeReply reply = await SendAsync(stub);

        HttpRequestMessage sent = Assert.Single(stub.Requests);
        Assert.Equal(HttpMethod.Get, sent.Method);
        Assert.Equal(File, sent.RequestUri);
        Assert.Equal("bytes=10-19", StubHandler.Header(sent, "Range"));
        Assert.Equal("identity", StubHandler.Header(sent, "Accept-Encoding"));
        Assert.Null(StubHandler.Header(sent, "If-Match"));
        Assert.Equal((RangeVerdict.Accepted, 10L, 20L), (reply.Verdict, reply.Start, reply.End));
        Assert.Equal(File, reply.ServedBy);
    }

    [Theory]
    [InlineData("\"v1\"", "\"v1\"")]
    [InlineData("W/\"v1\"", null)]
    [InlineData("v1", null)]
    [InlineData("\"\u00e9\"", null)]
    public async Task Only_a_strong_tag_is_a_precondition(string tag, string? ifMatch)
    {
        var stub = new StubHandler(_ => Partial());

        using RangeReply reply = await SendAsync(stub, Pinned with { EntityTag = tag });

        Assert.Equal(ifMatch, StubHandler.Header(stub.Requests[0], "If-Match"));
    }

    [Fact]
    public async Task Version_and_policy_are_those_of_the_client()
    {
        var stub = new StubHandler(_ => Partial());
        using var http = new HttpClient(stub)
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using RangeReply reply = await new RangeClient(http, _transport, _time).SendAsync(Target(), TenBytes, null, default);

        Assert.Equal(HttpVersion.Version20, stub.Requests[0].Version);
        Assert.Equal(HttpVersionPolicy.RequestVersionExact, stub.Requests[0].VersionPolicy);
    }

    [Fact]
    public async Task Callers_headers_are_sent_and_told_apart_by_the_fingerprint()
    {
        var stub = new StubHandler(_ => Partial());

        using RangeReply plain = await SendAsync(stub, target: RangeTarget.Create(new Uri("https://host.example/f"), [], []));
        using RangeReply keyed = await SendAsync(
            stub, target: RangeTarget.Create(new Uri("https://host.example/f"), [new("X-Api-Key", "canary")], []));

        Assert.Equal("canary", StubHandler.Header(stub.Requests[1], "X-Api-Key"));
        Assert.Empty(plain.CredentialFingerprint);
        Assert.NotEmpty(keyed.CredentialFingerprint);
    }

    [Fact]
    public async Task The_body_is_read_to_its_proper_end()
    {
        var stub = new StubHandler(_ => Reply.Of(
            HttpStatusCode.PartialContent, new MemoryStream([1, 2, 3]), ("Content-Range", "bytes 10-12/13")));
        byte[] buffer = new byte[10];

        using RangeReply reply = await SendAsync(stub);

        Assert.Equal(3, await reply.ReadAsync(buffer, default));
        Assert.Equal([1, 2, 3], buffer[..3]);
        Assert.Equal(0, await reply.ReadAsync(buffer, default));
    }

    [Theory]
    [InlineData(408, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(502, true)]
    [InlineData(503, true)]
    [InlineData(504, true)]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    [InlineData(410, false)]
    [InlineData(501, false)]
    [InlineData(505, false)]
    public async Task C4_C7_an_error_status_says_whether_it_may_pass(int status, bool transient)
    {
        var body = new ScriptedStream().Then(1);
        var stub = new StubHandler(_ => Reply.Of((HttpStatusCode)status, body, ("Retry-After", "2")));

        RangeReply reply = await SendAsync(stub, Pinned);
        var failure = Assert.IsType<HctefNetworkException>(reply.ToException(Target(), Pinned));
        reply.Dispose();

        Assert.Equal((HctefNetworkError.Status, transient), (failure.Error, failure.IsTransient));
        Assert.Equal((HttpStatusCode)status, failure.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), failure.RetryAfter);
        Assert.Contains($"{status}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("https://host.example/dir/file.zip (bytes=10-19)", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", failure.ToString(), StringComparison.Ordinal);
        Assert.True(body.IsDisposed);
    }

    [Fact]
    public async Task Verdicts_become_the_exceptions_of_the_contract()
    {
        await AssertReason(RangeNotSupportedReason.RangeIgnored, Reply.Of(HttpStatusCode.OK, ("Content-Length", "100")));
        await AssertReason(RangeNotSupportedReason.RangeRefused, Reply.Of(HttpStatusCode.NotImplemented));
        await AssertReason(RangeNotSupportedReason.LengthUnknown, Reply.Partial("bytes 10-19/*"));
        await AssertReason(RangeNotSupportedReason.ContentEncoded, Reply.Of(HttpStatusCode.OK, ("Content-Encoding", "gzip")));

        async Task AssertReason(RangeNotSupportedReason reason, HttpResponseMessage response)
        {
            using RangeReply reply = await SendAsync(new StubHandler(_ => response));
            var failure = Assert.IsType<RangeNotSupportedException>(reply.ToException(Target(), null));
            Assert.Equal(reason, failure.Reason);
            Assert.DoesNotContain("canary", failure.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_change_tells_both_versions()
    {
        var stub = new StubHandler(_ => Reply.Partial("bytes 10-19/200", ("ETag", "\"v2\"")));

        using RangeReply reply = await SendAsync(stub, Pinned);

        var failure = Assert.IsType<RemoteFileChangedException>(reply.ToException(Target(), Pinned));
        Assert.Equal((100L, Reply.Tag), (failure.Opened!.Length, failure.Opened.EntityTag));
        Assert.Equal((200L, "\"v2\""), (failure.Current!.Length, failure.Current.EntityTag));
        Assert.Equal(RemoteFileConsistency.StrongEntityTag, failure.Opened.Consistency);
    }

    [Fact]
    public async Task A_lie_is_a_protocol_error_that_is_not_repeated()
    {
        using RangeReply reply = await SendAsync(new StubHandler(_ => Reply.Partial("bytes 0-9/100")));

        var failure = Assert.IsType<HctefNetworkException>(reply.ToException(Target(), null));
        Assert.Equal((HctefNetworkError.Protocol, false), (failure.Error, failure.IsTransient));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await reply.ReadAsync(new byte[1], default));
    }

    [Fact]
    public async Task An_accepted_reply_is_no_failure()
    {
        using RangeReply reply = await SendAsync(new StubHandler(_ => Partial()));
        Assert.Throws<InvalidOperationException>(() => reply.ToException(Target(), null));
    }

    [Fact]
    public async Task E1_a_server_that_never_answers_times_out_and_names_the_option()
    {
        var stub = new StubHandler(async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return Partial();
        });

        Task<RangeReply> pending = SendAsync(stub);
        _time.Advance(_transport.FirstByteTimeout);

        var failure = await Assert.ThrowsAsync<HctefNetworkException>(() => pending);
        Assert.Equal((HctefNetworkError.Timeout, true), (failure.Error, failure.IsTransient));
        Assert.Contains("HctefOptions.Transport.FirstByteTimeout", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_byte_timeout_does_not_touch_the_body()
    {
        var gate = new TaskCompletionSource<byte[]>();
        var body = new ScriptedStream().ThenPends(gate);
        _transport.IdleTimeout = TimeSpan.FromDays(1);
        using RangeReply reply = await SendAsync(
            new StubHandler(_ => Reply.Of(HttpStatusCode.PartialContent, body, ("Content-Range", "bytes 10-10/100"))));

        ValueTask<int> pending = reply.ReadAsync(new byte[1], default);
        _time.Advance(_transport.FirstByteTimeout * 2);
        gate.SetResult([1]);

        Assert.Equal(1, await pending);
    }

    [Fact]
    public async Task L4_the_callers_cancellation_stays_its_own()
    {
        using var cancellation = new CancellationTokenSource();
        var stub = new StubHandler(async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return Partial();
        });

        Task<RangeReply> pending = SendAsync(stub, token: cancellation.Token);
        await cancellation.CancelAsync();

        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
    }

    public static TheoryData<Exception, HctefNetworkError, bool> Failures => new()
    {
        { new HttpRequestException(HttpRequestError.ConnectionError, "canary?"), HctefNetworkError.Connection, true },
        { new HttpRequestException(HttpRequestError.NameResolutionError), HctefNetworkError.Connection, true },
        { new HttpRequestException(HttpRequestError.ResponseEnded), HctefNetworkError.Connection, true },
        { new HttpRequestException(HttpRequestError.HttpProtocolError), HctefNetworkError.Connection, true },
        { Tls(new IOException("reset")), HctefNetworkError.Connection, true },
        { Tls(new AuthenticationException()), HctefNetworkError.Connection, false },
        { new HttpRequestException(HttpRequestError.VersionNegotiationError), HctefNetworkError.Connection, false },
        { new HttpRequestException(HttpRequestError.InvalidResponse), HctefNetworkError.Protocol, false },
        { new HttpRequestException(HttpRequestError.ConfigurationLimitExceeded), HctefNetworkError.LimitExceeded, false },
        { new TaskCanceledException("connect", new TimeoutException()), HctefNetworkError.Timeout, true },
        { new Polly.Timeout.TimeoutRejectedException(), HctefNetworkError.Timeout, true },
        { new Polly.CircuitBreaker.BrokenCircuitException(), HctefNetworkError.Connection, false },
        { new TaskCanceledException("aborted"), HctefNetworkError.Connection, true },
        { new FormatException("a handler's"), HctefNetworkError.Unknown, false },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task B1_a_request_that_fails_says_why_and_whether_it_may_pass(Exception thrown, HctefNetworkError error, bool transient)
    {
        var stub = new StubHandler((_, _) => Task.FromException<HttpResponseMessage>(thrown));

        var failure = await Assert.ThrowsAsync<HctefNetworkException>(() => SendAsync(stub));

        Assert.Equal((error, transient), (failure.Error, failure.IsTransient));
        Assert.Contains("https://host.example/dir/file.zip (bytes=10-19)", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", failure.Message, StringComparison.Ordinal);
        Assert.Same(error == HctefNetworkError.Protocol ? null : thrown, failure.InnerException);
    }

    [Fact]
    public async Task A15_a_handler_that_asks_for_a_coding_is_refused()
    {
        var stub = new StubHandler(request =>
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
            return Partial();
        });

        using RangeReply reply = await SendAsync(stub);

        Assert.Equal(RangeVerdict.Protocol, reply.Verdict);
        Assert.Contains("AutomaticDecompression", reply.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task G7_a_downgrade_by_somebody_elses_redirect_is_refused()
    {
        var stub = new StubHandler(request =>
        {
            request.RequestUri = new Uri("http://host.example/dir/file.zip");
            HttpResponseMessage response = Partial();
            response.RequestMessage = request;
            return response;
        });

        using RangeReply reply = await SendAsync(stub);

        Assert.Equal(RangeVerdict.Protocol, reply.Verdict);
    }

    private static HttpRequestException Tls(Exception cause) => new(HttpRequestError.SecureConnectionError, "tls", cause);

    private static HttpResponseMessage Partial() => Reply.Partial("bytes 10-19/100", ("ETag", Reply.Tag));

    private static RangeTarget Target() => RangeTarget.Create(File, [], []);

    private async Task<RangeReply> SendAsync(
        StubHandler stub, Representation? pinned = null, RangeTarget? target = null, CancellationToken token = default)
    {
        var http = new HttpClient(stub) { Timeout = Timeout.InfiniteTimeSpan };
        return await new RangeClient(http, _transport, _time).SendAsync(target ?? Target(), TenBytes, pinned, token);
    }
}
