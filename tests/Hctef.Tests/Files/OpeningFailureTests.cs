using System.Net;
using Hctef.TestServer.Honest;
using Hctef.TestServer.Lying;

namespace Hctef.Tests.Files;

/// <summary>Files that cannot be opened: which exception tells it, and what it costs.</summary>
public sealed class OpeningFailureTests : IAsyncLifetime
{
    private FileRig _rig = null!;

    public async Task InitializeAsync() => _rig = await FileRig.StartAsync();

    public async Task DisposeAsync()
    {
        await _rig.WhenQuietAsync();
        await _rig.DisposeAsync();
    }

    [Theory]
    [InlineData(PrefetchDirection.End, 2)]
    [InlineData(PrefetchDirection.Start, 1)]
    public async Task A_server_without_ranges_is_refused_and_its_body_not_read(PrefetchDirection direction, int requests)
    {
        ServedFile served = _rig.Server.Add("large.bin", 512L << 20);
        served.SupportsRanges = false;
        served.HoldAt(0);
        RangeNotSupportedException failure = await Assert.ThrowsAsync<RangeNotSupportedException>(
            () => _rig.OpenAsync(served, options => options.PrefetchDirection = direction));
        await served.WhenAborted(requests).WaitAsync(FileRig.HangGuard);

        Assert.Equal(RangeNotSupportedReason.RangeIgnored, failure.Reason);
        Assert.Equal(requests, _rig.Server.RequestCount);
        Assert.Equal(0, _rig.BytesSent);
    }

    [Fact]
    public async Task A_200_with_a_content_coding_tells_that_the_content_is_encoded()
    {
        ServedFile served = _rig.Server.Add("page.html", 100_000);
        served.SupportsRanges = false;
        served.ExtraHeaders["Content-Encoding"] = "gzip";
        RangeNotSupportedException failure = await Assert.ThrowsAsync<RangeNotSupportedException>(() => _rig.OpenAsync(served));

        Assert.Equal(RangeNotSupportedReason.ContentEncoded, failure.Reason);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(501)]
    public async Task A_server_that_refuses_closed_ranges_too_tells_that_ranges_are_refused(int status)
    {
        ServedFile served = _rig.Server.Add("file.bin", 100_000);
        served.StatusOverride = new StatusOverride(status);
        RangeNotSupportedException failure = await Assert.ThrowsAsync<RangeNotSupportedException>(() => _rig.OpenAsync(served));

        Assert.Equal(RangeNotSupportedReason.RangeRefused, failure.Reason);
        Assert.Equal(2, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task A_206_that_does_not_tell_the_length_cannot_be_opened()
    {
        await using LyingServer server = LyingServer.Start(
            _ => LyingReply.Partial(0, 9, 10, new byte[10], ("Content-Range", "bytes 0-9/*")));
        RangeNotSupportedException failure = await Assert.ThrowsAsync<RangeNotSupportedException>(
            () => _rig.OpenAsync(new Uri(server.BaseUri, "file.bin")));

        Assert.Equal(RangeNotSupportedReason.LengthUnknown, failure.Reason);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_206_with_a_content_coding_is_no_answer()
    {
        ServedFile served = _rig.Server.Add("file.bin", 100_000);
        served.ExtraHeaders["Content-Encoding"] = "gzip";
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => _rig.OpenAsync(served));

        Assert.Equal(HctefNetworkError.Protocol, failure.Error);
        Assert.Equal(1, _rig.Server.RequestCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_missing_file_names_its_status_and_no_secret(bool sync)
    {
        var uri = new Uri(_rig.Server.BaseUri, "/absent.bin?token=S3CR3T#part");
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(
            () => sync ? OwnThread.RunAsync(() => _rig.Files.Open(uri)) : _rig.Files.OpenAsync(uri));

        Assert.Equal(HctefNetworkError.Status, failure.Error);
        Assert.Equal(HttpStatusCode.NotFound, failure.StatusCode);
        Assert.False(failure.IsTransient);
        Assert.Contains("404", failure.Message, StringComparison.Ordinal);
        Assert.Contains("/absent.bin", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("S3CR3T", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, _rig.Server.RequestCount);
    }

    [Theory]
    [InlineData("ftp://example.com/file.bin")]
    [InlineData("file:///etc/hosts")]
    [InlineData("/file.bin")]
    public async Task Other_schemes_and_relative_URLs_are_refused_unasked(string url)
    {
        var uri = new Uri(url.StartsWith('/') ? "file.bin" : url, UriKind.RelativeOrAbsolute);
        await Assert.ThrowsAsync<HctefUrlException>(() => _rig.Files.OpenAsync(uri));
        Assert.Throws<HctefUrlException>(() => { _rig.Files.Open(uri); });
        Assert.Equal(0, _rig.Server.RequestCount);
    }

    [Theory]
    [InlineData("X-Name", "one\r\nX-Other: two")]
    [InlineData("X-Name", "nul\0")]
    [InlineData("X-Na\nme", "value")]
    [InlineData("Range", "bytes=0-1")]
    public async Task Headers_that_cannot_be_sent_are_refused_unasked(string name, string value)
    {
        ServedFile served = _rig.Server.Add("file.bin", 1000);
        await Assert.ThrowsAsync<ArgumentException>(() => _rig.OpenAsync(served, options => options.Headers[name] = value));
        Assert.Equal(0, _rig.Server.RequestCount);
    }

    [Theory]
    [InlineData("file\r\nX-Other: two")]
    [InlineData("file\tbin")]
    [InlineData("file bin")]
    public async Task Control_characters_in_a_URL_are_refused_unasked(string path)
    {
        var raw = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var uri = new Uri(_rig.Server.BaseUri + path, raw);
        await Assert.ThrowsAsync<ArgumentException>(() => _rig.Files.OpenAsync(uri));
        Assert.Equal(0, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task Only_the_expected_entity_tag_opens()
    {
        ServedFile served = _rig.Server.Add("file.bin", 1000);
        using IRemoteFile file = await _rig.OpenAsync(served, options => options.ExpectedEntityTag = served.EntityTag);
        await file.AssertReadsAsync(served, 0, 1000);

        RemoteFileChangedException failure = await Assert.ThrowsAsync<RemoteFileChangedException>(
            () => _rig.OpenAsync(served, options => options.ExpectedEntityTag = "\"other\""));
        Assert.Null(failure.Opened);
        Assert.Equal(served.EntityTag, failure.Current?.EntityTag);
        Assert.Equal(1000, failure.Current?.Length);
        Assert.Contains($"carries the entity tag {served.EntityTag}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("RemoteFileOptions.ExpectedEntityTag is \"other\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_opening_leaves_no_blocks_behind()
    {
        ServedFile served = _rig.Server.Add("file.bin", 1 << 20);
        for (int i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<RemoteFileChangedException>(
                () => _rig.OpenAsync(served, options => options.ExpectedEntityTag = "\"other\""));
        }

        await _rig.WhenQuietAsync();
        _rig.Engine.Cache.CheckIntegrity([]);
    }
}
