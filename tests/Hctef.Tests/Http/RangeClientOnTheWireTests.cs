using System.Net;
using System.Net.Sockets;
using Hctef.Http;

namespace Hctef.Tests.Http;

/// <summary>What the transport itself does, over real sockets.</summary>
public sealed class RangeClientOnTheWireTests
{
    private const string Head = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 10-19/100\r\nETag: \"v1\"\r\n";

    [Fact]
    public async Task A_request_shows_nothing_that_was_not_asked_for()
    {
        await using var server = new RawServer(_ => Head + "Content-Length: 10\r\n\r\n0123456789");

        Assert.Equal("0123456789", await ReadAsync(server));

        Assert.Equal(
            $"GET /file HTTP/1.1\r\nHost: {server.Uri.Authority}\r\n"
            + "Range: bytes=10-19\r\nAccept-Encoding: identity\r\nIf-Match: \"v1\"\r\n\r\n",
            Assert.Single(server.Requests));
    }

    [Theory]
    [InlineData("Content-Length: 10\r\nConnection: close\r\n\r\n0123456789")]
    [InlineData("Connection: close\r\n\r\n0123456789")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n")]
    public async Task A17_every_framing_of_a_whole_body_is_read(string rest)
    {
        await using var server = new RawServer(_ => Head + rest);
        Assert.Equal("0123456789", await ReadAsync(server));
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\n01234")]
    [InlineData("Connection: close\r\n\r\n01234")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n")]
    public async Task A7_B3_a_body_that_breaks_is_a_broken_connection_under_every_framing(string rest)
    {
        await using var server = new RawServer(_ => Head + rest);
        var failure = await Assert.ThrowsAsync<HctefNetworkException>(() => ReadAsync(server));
        Assert.Equal((HctefNetworkError.Connection, true), (failure.Error, failure.IsTransient));
    }

    [Theory]
    [InlineData("Connection: close\r\n\r\n0123456789x")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nb\r\n0123456789x\r\n0\r\n\r\n")]
    public async Task A6_a_body_that_goes_on_is_refused_under_every_framing(string rest)
    {
        await using var server = new RawServer(_ => Head + rest);
        var failure = await Assert.ThrowsAsync<HctefNetworkException>(() => ReadAsync(server));
        Assert.Equal((HctefNetworkError.Protocol, false), (failure.Error, failure.IsTransient));
    }

    [Fact]
    public async Task B5_bytes_behind_the_body_are_not_read()
    {
        await using var server = new RawServer(_ => Head + "Content-Length: 10\r\n\r\n0123456789HTTP/1.1 200 OK\r\n\r\n");
        Assert.Equal("0123456789", await ReadAsync(server));
        Assert.Equal("0123456789", await ReadAsync(server));
    }

    [Theory]
    [InlineData("Content-Length: 10\r\nContent-Length: 5\r\n\r\n0123456789")]
    [InlineData("Content-Length: 11\r\n\r\n0123456789x")]
    [InlineData("Content-Range: bytes 0-9/100\r\nContent-Length: 10\r\n\r\n0123456789")]
    [InlineData("Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n0123456789")]
    public async Task A8_A9_A14_contradictions_are_seen_as_they_came_over_the_wire(string rest)
    {
        await using var server = new RawServer(_ => Head + rest);
        using var http = Http();
        using RangeReply reply = await SendAsync(http, server.Uri);
        Assert.Equal(RangeVerdict.Protocol, reply.Verdict);
    }

    [Fact]
    public async Task A15_automatic_decompression_is_noticed()
    {
        await using var server = new RawServer(_ => Head + "Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n0123456789");
        using var http = Http(decompression: DecompressionMethods.GZip);

        using RangeReply reply = await SendAsync(http, server.Uri);

        Assert.Equal(RangeVerdict.Protocol, reply.Verdict);
        Assert.Contains("AutomaticDecompression", reply.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task G11_a_redirect_to_another_port_takes_no_header_along()
    {
        await using var target = new RawServer(_ => Head + "Content-Length: 10\r\n\r\n0123456789");
        await using var origin = new RawServer(
            _ => $"HTTP/1.1 302 Found\r\nLocation: {target.Uri}?sig=%7E\r\nContent-Length: 5\r\n\r\nnever");
        using var http = Http();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "canary");

        using RangeReply reply = await SendAsync(http, origin.Uri);

        Assert.Equal(RangeVerdict.Accepted, reply.Verdict);
        Assert.Contains("canary", Assert.Single(origin.Requests), StringComparison.Ordinal);
        string hop = Assert.Single(target.Requests);
        Assert.StartsWith("GET /file?sig=%7E HTTP/1.1\r\n", hop, StringComparison.Ordinal);
        Assert.Contains("Range: bytes=10-19\r\n", hop, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", hop, StringComparison.Ordinal);
    }

    [Fact]
    public async Task B1_a_refused_connection_may_pass()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var gone = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/file?sig=canary");
        listener.Stop();
        using var http = Http();

        var failure = await Assert.ThrowsAsync<HctefNetworkException>(() => SendAsync(http, gone));

        Assert.Equal((HctefNetworkError.Connection, true), (failure.Error, failure.IsTransient));
        Assert.DoesNotContain("canary", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", HctefNetworkError.Connection, true)]
    [InlineData("HTTP/1.1 206 Part", HctefNetworkError.Connection, true)]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", HctefNetworkError.Protocol, false)]
    public async Task B1_a_reply_that_breaks_or_is_no_HTTP_is_told_apart(string answer, HctefNetworkError error, bool transient)
    {
        await using var server = new RawServer(_ => answer);
        var failure = await Assert.ThrowsAsync<HctefNetworkException>(() => ReadAsync(server));
        Assert.Equal((error, transient), (failure.Error, failure.IsTransient));
    }

    [Fact]
    public async Task F4_headers_without_end_exceed_the_limit()
    {
        await using var server = new RawServer(_ => $"{Head}X: {new string('x', 200_000)}\r\n\r\n");
        var failure = await Assert.ThrowsAsync<HctefNetworkException>(() => ReadAsync(server));
        Assert.Equal((HctefNetworkError.LimitExceeded, false), (failure.Error, failure.IsTransient));
    }

    [Fact]
    public async Task E4_a_connection_that_does_not_come_is_a_timeout()
    {
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromMilliseconds(1),
            ConnectCallback = static async (_, token) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
                return Stream.Null;
            },
        };
        using var http = new HttpClient(handler);

        var failure = await Assert.ThrowsAsync<HctefNetworkException>(() => SendAsync(http, new Uri("http://host.example/")));

        Assert.Equal((HctefNetworkError.Timeout, true), (failure.Error, failure.IsTransient));
        Assert.Contains("HctefOptions.Transport.ConnectTimeout", failure.Message, StringComparison.Ordinal);
    }

    private static HttpClient Http(DecompressionMethods decompression = DecompressionMethods.None) => new(new RedirectHandler(10, TimeProvider.System)
    {
        InnerHandler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            AutomaticDecompression = decompression,
        },
    });

    private static Task<RangeReply> SendAsync(HttpClient http, Uri uri)
    {
        RangeTarget target = RangeTarget.Create(uri, [], []);
        var pinned = new Representation { Length = 100, EntityTag = "\"v1\"" };
        return new RangeClient(http, new HctefTransportOptions(), TimeProvider.System)
            .SendAsync(target, RequestedRange.Closed(10, 20), pinned, default);
    }

    private static async Task<string> ReadAsync(RawServer server)
    {
        using HttpClient http = Http();
        using RangeReply reply = await SendAsync(http, server.Uri);
        Assert.Equal(RangeVerdict.Accepted, reply.Verdict);
        var text = new System.Text.StringBuilder();
        byte[] buffer = new byte[64];
        for (int n; (n = await reply.ReadAsync(buffer, default)) > 0;)
        {
            text.Append(System.Text.Encoding.ASCII.GetString(buffer, 0, n));
        }

        return text.ToString();
    }
}
