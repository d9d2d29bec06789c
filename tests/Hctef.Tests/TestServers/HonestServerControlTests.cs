using System.Net;
using System.Net.Http.Headers;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.TestServers;

public sealed class HonestServerControlTests : IAsyncLifetime
{
    // Without a limit of zero the client reads on for up to two seconds before it closes a connection that it gives up.
    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxResponseDrainSize = 0 });
    private HonestServer _server = null!;
    private ServedFile _file = null!;

    public async Task InitializeAsync()
    {
        _server = await HonestServer.StartAsync();
        _file = _server.Add("file.bin", 1 << 20);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_001)]
    public async Task A_held_body_delivers_all_bytes_before_the_gate_and_the_rest_after_it(int held)
    {
        ResponseGate gate = _file.HoldAt(1000 + held);
        using HttpResponseMessage response = await GetAsync(1000, 101_000);
        await gate.Reached;
        await using Stream body = await response.Content.ReadAsStreamAsync();
        var bytes = new byte[100_001];

        await body.ReadExactlyAsync(bytes.AsMemory(0, held));
        ValueTask<int> next = body.ReadAsync(bytes.AsMemory(held, 1));
        Assert.False(next.IsCompleted);
        Assert.Equal(1, gate.Waiting);
        Assert.False(_server.Log[0].Completed);
        Assert.Equal(held, _server.Log[0].BodyBytesSent);

        gate.Release();
        Assert.Equal(1, await next);
        await body.ReadExactlyAsync(bytes.AsMemory(held + 1));
        Assert.True(_file.Matches(bytes, 1000));
        Assert.True(_server.Log[0].Completed);
        Assert.Equal(0, gate.Waiting);
    }

    [Fact]
    public async Task Held_headers_wait_for_their_release()
    {
        ResponseGate gate = _file.HoldHeaders(request => request.Range == "bytes=0-9");
        Task<HttpResponseMessage> held = GetAsync(0, 9);
        await gate.Reached;
        using HttpResponseMessage other = await GetAsync(10, 19);

        Assert.False(held.IsCompleted);
        Assert.Equal(0, _server.Log[0].Status);
        Assert.Equal(2, _server.MaxConcurrency);
        gate.Release();
        using HttpResponseMessage response = await held;
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(150_000)]
    public async Task A_break_delivers_exactly_the_bytes_before_it_and_happens_once(int delivered)
    {
        _file.BreakAt(delivered);
        using HttpResponseMessage broken = await GetAsync(0, 199_999);
        await using Stream body = await broken.Content.ReadAsStreamAsync();
        var bytes = new byte[200_000];

        await body.ReadExactlyAsync(bytes.AsMemory(0, delivered));
        HttpIOException exception = await Assert.ThrowsAsync<HttpIOException>(() => body.ReadAsync(bytes.AsMemory(delivered)).AsTask());
        Assert.Equal(HttpRequestError.ResponseEnded, exception.HttpRequestError);
        Assert.True(_file.Matches(bytes.AsSpan(0, delivered), 0));
        await _server.WhenIdle();
        Assert.False(_server.Log[0].Completed);
        Assert.False(_server.Log[0].Aborted);
        Assert.Equal(delivered, _server.Log[0].BodyBytesSent);

        using HttpResponseMessage whole = await GetAsync(0, 199_999);
        Assert.True(_file.Matches(await whole.Content.ReadAsByteArrayAsync(), 0));
        Assert.Equal(2, _server.Connections);
    }

    [Fact]
    public async Task A_client_that_drops_a_held_reply_is_seen()
    {
        ResponseGate gate = _file.HoldAt(5);
        HttpResponseMessage response = await GetAsync(0, 9);
        await gate.Reached;

        response.Dispose();

        await _file.WhenAborted(1);
        await _server.WhenIdle();
        Assert.True(_server.Log[0].Aborted);
        Assert.False(_server.Log[0].Completed);
        Assert.Equal(0, gate.Waiting);
    }

    [Fact]
    public async Task A_client_that_stops_reading_a_large_body_and_drops_it_is_seen()
    {
        ServedFile large = _server.Add("large.bin", 1L << 40);
        HttpResponseMessage response = await _client.GetAsync(large.Uri, HttpCompletionOption.ResponseHeadersRead);

        response.Dispose();

        await large.WhenAborted(1);
        Assert.Equal(1, large.Aborted);
    }

    [Fact]
    public async Task An_update_changes_bytes_and_tag_of_later_replies_only()
    {
        string? tag = _file.EntityTag;
        ResponseGate gate = _file.HoldAt(5);
        using HttpResponseMessage old = await GetAsync(0, 99);
        await gate.Reached;
        byte[] first = new byte[100];
        _file.Update(version: 2, length: 500);
        gate.Release();
        await (await old.Content.ReadAsStreamAsync()).ReadExactlyAsync(first);

        using HttpResponseMessage updated = await GetAsync(0, 99);
        byte[] second = await updated.Content.ReadAsByteArrayAsync();

        Assert.False(_file.Matches(first, 0));
        Assert.True(_file.Matches(second, 0));
        Assert.NotEqual(tag, _file.EntityTag);
        Assert.Equal("bytes 0-99/500", updated.Content.Headers.ContentRange!.ToString());
        _file.EntityTag = null;
        _file.Update(version: 3, length: 500);
        Assert.Null(_file.EntityTag);
    }

    [Fact]
    public async Task Status_override_redirect_required_header_and_unknown_paths()
    {
        _file.StatusOverride = new StatusOverride(503, times: 1, retryAfter: "7");
        using HttpResponseMessage busy = await GetAsync(0, 9);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, busy.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), busy.Headers.RetryAfter!.Delta);

        ServedFile alias = _server.Add("alias", 0);
        alias.Redirect = new RedirectReply(_file.Uri, 307);
        using HttpResponseMessage followed = await _client.GetAsync(alias.Uri);
        Assert.Equal(_file.Length, followed.Content.Headers.ContentLength);

        _file.RequiredHeader = new RequiredHeader("X-Key", "secret");
        using HttpResponseMessage refused = await GetAsync(0, 9);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        using HttpResponseMessage missing = await _client.GetAsync(new Uri(_server.BaseUri, "nothing?token=1"));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal("?token=1", _server.Log[^1].Query);
        Assert.Equal([503, 307, 200, 401, 404], _server.Log.Select(request => request.Status));
        Assert.Equal(1, _server.MaxConcurrency);
    }

    [Fact]
    public async Task Requests_one_after_the_other_are_never_concurrent_and_complete_when_read()
    {
        for (int i = 0; i < 200; i++)
        {
            using HttpResponseMessage response = await GetAsync(i, i + 5000);
            await response.Content.ReadAsByteArrayAsync();
            Assert.True(_server.Log[^1].Completed);
        }

        Assert.Equal(1, _server.MaxConcurrency);
        Assert.Equal(200, _server.RequestCount);
        Assert.Equal(200 * 5001, _server.Log.Sum(request => request.BodyBytesSent));
        Assert.Equal(1, _server.Connections);
    }

    [Fact]
    public async Task Real_content_is_served_from_memory_stream_function_and_disk()
    {
        byte[] bytes = [.. Enumerable.Range(0, 9000).Select(i => (byte)(i * 7))];
        string path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, bytes);
        ServedFile[] files =
        [
            _server.Add("memory", bytes),
            _server.Add("stream", new MemoryStream(bytes)),
            _server.Add("function", bytes.Length, (span, offset) => bytes.AsSpan((int)offset, span.Length).CopyTo(span)),
            _server.AddLocalFile("disk", path),
        ];

        foreach (ServedFile file in files)
            Assert.Equal(bytes, await _client.GetByteArrayAsync(file.Uri));
        File.Delete(path);
    }

    [Fact]
    public async Task Disposing_does_not_wait_for_what_is_held()
    {
        await using HonestServer server = await HonestServer.StartAsync();
        ServedFile file = server.Add("held", 100);
        ResponseGate gate = file.HoldHeaders();
        Task<HttpResponseMessage> held = _client.GetAsync(file.Uri);
        await gate.Reached;

        await server.DisposeAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => held);
    }

    private async Task<HttpResponseMessage> GetAsync(long first, long last)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _file.Uri);
        request.Headers.Range = new RangeHeaderValue(first, last);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
