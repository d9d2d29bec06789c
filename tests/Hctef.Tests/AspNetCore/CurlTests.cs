using Hctef.Tests.Samples;
using Hctef.TestServer.Honest;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.AspNetCore;

/// <summary>A mapped file as curl sees it.</summary>
public sealed class CurlTests : IAsyncLifetime
{
    private const int Length = 1_500_000;
    private const string Status = "%{http_code} %{size_download}";

    private readonly ScratchFolder _folder = new();
    private ServingRig _rig = null!;
    private ServedFile _file = null!;

    private string Url => new Uri(_rig.Client.BaseAddress!, "/file").AbsoluteUri;

    private string Output => _folder["output"];

    public async Task InitializeAsync()
    {
        _rig = await ServingRig.StartAsync(
            (builder, origin) =>
            {
                _file = origin.Add("file", Length);
                builder.AddRemoteFile("file", _file.Uri);
            },
            application => application.MapRemoteFile("/file", "file"));
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("100-199", "206 100", 100)]
    [InlineData("1499990-", "206 10", Length - 10)]
    [InlineData("-10", "206 10", Length - 10)]
    [InlineData("0-9,100-109", "200 1500000", 0)]
    public async Task Ranges(string range, string status, int start)
    {
        Assert.Equal(status, await Curl.RunAsync("--range", range, "--output", Output, "--write-out", Status, Url));
        Assert.True(_file.Matches(await File.ReadAllBytesAsync(Output), start));
    }

    [Fact]
    public async Task A_download_is_resumed_where_it_ended()
    {
        Assert.Equal("206 700000", await Curl.RunAsync("--range", "0-699999", "--output", Output, "--write-out", Status, Url));

        string resumed = await Curl.RunAsync("--continue-at", "-", "--output", Output, "--write-out", Status, Url);

        Assert.Equal("206 800000", resumed);
        byte[] bytes = await File.ReadAllBytesAsync(Output);
        Assert.Equal(Length, bytes.Length);
        Assert.True(_file.Matches(bytes, 0));
    }

    [Fact]
    public async Task What_curl_has_it_does_not_get_again()
    {
        string tag = _folder["tag"];
        Assert.Equal("200 1500000", await Curl.RunAsync("--etag-save", tag, "--output", Output, "--write-out", Status, Url));

        string again = await Curl.RunAsync("--etag-compare", tag, "--output", _folder["again"], "--write-out", Status, Url);
        string since = await Curl.RunAsync(
            "--time-cond", _file.LastModified!.Value.ToString("r"), "--output", _folder["since"], "--write-out", Status, Url);

        Assert.Equal("304 0", again);
        Assert.Equal("304 0", since);
    }

    [Fact]
    public async Task Headers_alone()
    {
        string head = await Curl.RunAsync("--head", Url);

        Assert.StartsWith("HTTP/1.1 200 OK", head, StringComparison.Ordinal);
        Assert.Contains($"Content-Length: {Length}", head, StringComparison.Ordinal);
        Assert.Contains("Accept-Ranges: bytes", head, StringComparison.Ordinal);
        Assert.Contains($"ETag: {_file.EntityTag}", head, StringComparison.Ordinal);
    }
}
