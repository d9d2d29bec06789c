using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Lying;

namespace Hctef.Tests.TestServers;

public sealed class LyingServerTests : IDisposable
{
    private readonly HttpClient _client = new();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Several_requests_on_one_connection_are_answered_in_the_order_of_the_queue()
    {
        await using var server = LyingServer.Start(
            LyingReply.Partial(5, 9, 100, "hello"u8),
            LyingReply.Head(206, ("Transfer-Encoding", "chunked"), ("Content-Range", "bytes 0-5/6")).Chunk("abc"u8).Chunk("def"u8, ";x=y").LastChunk(),
            LyingReply.Status(503, ("Retry-After", "1")));

        using HttpResponseMessage first = await GetAsync(server, 5, 9);
        Assert.Equal("hello", await first.Content.ReadAsStringAsync());
        Assert.Equal("bytes 5-9/100", first.Content.Headers.ContentRange!.ToString());
        using HttpResponseMessage second = await GetAsync(server, 0, 5);
        Assert.Equal("abcdef", await second.Content.ReadAsStringAsync());
        using HttpResponseMessage third = await GetAsync(server, 0, 0);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, third.StatusCode);

        Assert.Equal(1, server.Connections);
        Assert.Equal(["bytes=5-9", "bytes=0-5", "bytes=0-0"], server.Requests.Select(request => request.Range));
        Assert.All(server.Requests, request => Assert.Equal(("GET", "/file?x=1", 1), (request.Method, request.Target, request.Connection)));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(server, 0, 0));
    }

    [Fact]
    public async Task Usual_headers_can_be_replaced_omitted_and_doubled()
    {
        await using var server = LyingServer.Start(LyingReply.Partial(
            0, 2, 3, "abc"u8, ("etag", null), ("Content-Range", "bytes 0-2/3"), ("Content-Range", "bytes 1-3/4"), ("X", "y")));

        using HttpResponseMessage response = await GetAsync(server, 0, 2);

        Assert.False(response.Headers.Contains("ETag"));
        Assert.Equal(["bytes 0-2/3", "bytes 1-3/4"], response.Content.Headers.NonValidated["Content-Range"]);
        Assert.Equal("3", response.Content.Headers.NonValidated["Content-Length"].ToString());
        Assert.Equal("y", response.Headers.NonValidated["X"].ToString());
    }

    [Fact]
    public async Task A_short_body_arrives_before_the_fin()
    {
        byte[] body = new byte[300_000];
        await using var server = LyingServer.Start(
            LyingReply.Partial(0, 399_999, 400_000, body, ("Content-Length", "400000")).Fin());

        using HttpResponseMessage response = await GetAsync(server, 0, 399_999);
        await using Stream stream = await response.Content.ReadAsStreamAsync();

        await stream.ReadExactlyAsync(new byte[300_000]);
        await Assert.ThrowsAsync<HttpIOException>(() => stream.ReadAsync(new byte[1]).AsTask());
        Assert.Equal(0, server.Dropped);
    }

    [Fact]
    public async Task A_body_delimited_by_the_close_has_no_length()
    {
        await using var server = LyingServer.Start(LyingReply.Whole("abc"u8, ("Content-Length", null)).Fin());
        using HttpResponseMessage response = await GetAsync(server, 0, 2);
        Assert.Null(response.Content.Headers.ContentLength);
        Assert.Equal("abc", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_reset_behind_a_gate_comes_after_the_bytes_were_read()
    {
        var gate = new ResponseGate();
        await using var server = LyingServer.Start(
            LyingReply.Partial(0, 9, 10, "12345"u8, ("Content-Length", "10")).Hold(gate).Reset());
        using HttpResponseMessage response = await GetAsync(server, 0, 9);
        await using Stream stream = await response.Content.ReadAsStreamAsync();
        var bytes = new byte[5];

        await stream.ReadExactlyAsync(bytes);
        Assert.Equal("12345", Encoding.ASCII.GetString(bytes));
        await gate.Reached;
        ValueTask<int> next = stream.ReadAsync(bytes);
        Assert.False(next.IsCompleted);
        gate.Release();

        await Assert.ThrowsAnyAsync<IOException>(() => next.AsTask());
    }

    [Fact]
    public async Task A_client_that_gives_up_on_a_stalled_or_endless_reply_is_seen()
    {
        await using var server = LyingServer.Start(request => request.Number == 1
            ? LyingReply.Nothing.Stall()
            : LyingReply.Head(200).WriteForever(new byte[10_000]));
        using var cancellation = new CancellationTokenSource();
        Task<HttpResponseMessage> stalled = _client.GetAsync(server.BaseUri, cancellation.Token);
        await server.WhenRequests(1);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stalled);
        await server.WhenDropped(1);

        HttpResponseMessage endless = await GetAsync(server, 0, 0);
        endless.Dispose();
        await server.WhenDropped(2);
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task Disposing_ends_a_stalled_reply()
    {
        await using var server = LyingServer.Start(LyingReply.Nothing.Stall());
        Task<HttpResponseMessage> stalled = GetAsync(server, 0, 0);
        await server.WhenRequests(1);

        await server.DisposeAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => stalled);
    }

    private async Task<HttpResponseMessage> GetAsync(LyingServer server, long first, long last)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.BaseUri, "file?x=1"));
        request.Headers.Range = new RangeHeaderValue(first, last);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
