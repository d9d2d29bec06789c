using System.Net;
using System.Net.Http.Headers;
using Hctef.TestServer.Content;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.TestServers;

public sealed class HonestServerRangeTests : IAsyncLifetime
{
    private const long Length = 5L << 40;

    private readonly HttpClient _client = new();
    private HonestServer _server = null!;
    private ServedFile _file = null!;

    public async Task InitializeAsync()
    {
        _server = await HonestServer.StartAsync();
        _file = _server.Add("data/big file.bin", Length);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=5-100004", 5, 100_000)]
    [InlineData("bytes=-65537", Length - 65_537, 65_537)]
    [InlineData("bytes=5497558138870-", Length - 10, 10)]
    public async Task One_range_is_a_206_with_exact_bytes_and_headers(string range, long start, int count)
    {
        using HttpResponseMessage response = await SendAsync(("Range", range));
        byte[] body = await response.Content.ReadAsByteArrayAsync();

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal($"bytes {start}-{start + count - 1}/{Length}", Header(response, "Content-Range"));
        Assert.Equal(count, response.Content.Headers.ContentLength);
        Assert.Equal(count, body.Length);
        Assert.True(_file.Matches(body, start));
        Assert.True(new TestContent("data/big file.bin").Matches(body, start));
        Assert.Equal(_file.EntityTag, Header(response, "ETag"));
        Assert.Equal(_file.LastModified, response.Content.Headers.LastModified);
        Assert.Equal("bytes", Header(response, "Accept-Ranges"));
        Assert.NotNull(response.Headers.Date);
    }

    [Theory]
    [InlineData("bytes=0-1,4-5")]
    [InlineData("lines=1-2")]
    public async Task What_is_not_one_byte_range_is_a_200(string range)
    {
        using HttpResponseMessage response = await SendAsync(("Range", range));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Length, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task A_range_behind_the_end_and_any_range_of_an_empty_file_are_416()
    {
        using HttpResponseMessage behind = await SendAsync(("Range", $"bytes={Length}-"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, behind.StatusCode);
        Assert.Equal($"bytes */{Length}", Header(behind, "Content-Range"));

        _file.Update(version: 2, length: 0);
        using HttpResponseMessage empty = await SendAsync(("Range", "bytes=-10"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, empty.StatusCode);
        Assert.Equal("bytes */0", Header(empty, "Content-Range"));
    }

    [Fact]
    public async Task Preconditions_compare_strongly()
    {
        string tag = _file.EntityTag!;
        Assert.Equal(HttpStatusCode.PartialContent, await StatusAsync(("Range", "bytes=0-9"), ("If-Match", tag)));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(("Range", "bytes=0-9"), ("If-Match", "\"other\"")));
        Assert.Equal(HttpStatusCode.PartialContent, await StatusAsync(("Range", "bytes=0-9"), ("If-Range", tag)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("Range", "bytes=0-9"), ("If-Range", "\"other\"")));
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(("If-None-Match", tag)));

        _file.EntityTag = "W/" + tag;
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(("Range", "bytes=0-9"), ("If-Match", "W/" + tag)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("Range", "bytes=0-9"), ("If-Range", "W/" + tag)));
    }

    [Theory]
    [InlineData(SuffixBehaviour.AsPrefix, HttpStatusCode.PartialContent, "bytes 0-9/1000")]
    [InlineData(SuffixBehaviour.WholeAs200, HttpStatusCode.OK, null)]
    [InlineData(SuffixBehaviour.WholeAs206, HttpStatusCode.PartialContent, "bytes 0-999/1000")]
    [InlineData(SuffixBehaviour.Status400, HttpStatusCode.BadRequest, null)]
    [InlineData(SuffixBehaviour.Status416, HttpStatusCode.RequestedRangeNotSatisfiable, "bytes */1000")]
    [InlineData(SuffixBehaviour.Status501, HttpStatusCode.NotImplemented, null)]
    public async Task Suffix_is_misread_as_told(SuffixBehaviour behaviour, HttpStatusCode status, string? contentRange)
    {
        _file.Update(version: 2, length: 1000);
        _file.SuffixBehaviour = behaviour;

        using HttpResponseMessage response = await SendAsync(("Range", "bytes=-10"));

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(contentRange, Header(response, "Content-Range"));
        Assert.Equal(HttpStatusCode.PartialContent, await StatusAsync(("Range", "bytes=990-999")));
    }

    [Fact]
    public async Task Head_shows_the_length_and_no_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, _file.Uri);
        using HttpResponseMessage response = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Length, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Without_range_support_the_whole_file_comes()
    {
        _file.SupportsRanges = false;
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("Range", "bytes=0-9")));
    }

    private async Task<HttpStatusCode> StatusAsync(params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage response = await SendAsync(headers);
        return response.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _file.Uri);
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static string? Header(HttpResponseMessage response, string name)
    {
        HttpHeaders headers = response.Content.Headers.NonValidated.Contains(name) ? response.Content.Headers : response.Headers;
        return headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.ToString() : null;
    }
}
