using System.Net.Http.Headers;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Clients;

/// <summary>What one writes without a library: an <see cref="HttpClient"/> of its own, with new connections.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly ServerProcess _server;

    public RawClient(ServerProcess server)
    {
        _server = server;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        TrustedCertificate.Trust(handler, server.Certificate);
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public async Task<long> GetLengthAsync(string file)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, _server.UriOf(file));
        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.EnsureSuccessStatusCode().Content.Headers.ContentLength!.Value;
    }

    /// <summary>One range request.</summary>
    public async Task ReadAsync(string file, Memory<byte> buffer, long offset)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _server.UriOf(file));
        request.Headers.Range = new RangeHeaderValue(offset, offset + buffer.Length - 1);
        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(buffer);
    }

    /// <summary>One range request, whose body the caller reads.</summary>
    public async Task<Stream> OpenRangeAsync(string file, long offset, long length)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _server.UriOf(file));
        request.Headers.Range = new RangeHeaderValue(offset, offset + length - 1);
        HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
    }

    /// <summary>One plain GET.</summary>
    public Task<Stream> OpenStreamAsync(string file) => _http.GetStreamAsync(_server.UriOf(file));

    public void Dispose() => _http.Dispose();
}
