using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Which headers go out, and which never do.</summary>
public sealed class OpeningHeaderTests : IAsyncLifetime
{
    private FileRig _rig = null!;

    public async Task InitializeAsync() => _rig = await FileRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Requests_carry_one_range_and_identity_and_later_ones_the_strong_tag()
    {
        await OpenAndReadAsync(_rig.Server.Add("file.bin", 8 << 20));

        // HttpClient adds its trace while anybody in the process listens to activities, as tests beside this one do.
        Assert.Equal(["Accept-Encoding", "Host", "Range"], _rig.Server.Log[0].Headers.Keys.Where(static name => name != "traceparent").Order());
        foreach (RequestRecord later in _rig.Server.Log.Skip(1))
            Assert.Equal(["Accept-Encoding", "Host", "If-Match", "Range"], later.Headers.Keys.Where(static name => name != "traceparent").Order());
    }

    [Fact]
    public async Task The_precondition_is_the_tag_that_the_opening_brought()
    {
        ServedFile served = _rig.Server.Add("file.bin", 8 << 20);
        await OpenAndReadAsync(served);

        Assert.All(_rig.Server.Log.Skip(1), later => Assert.Equal(served.EntityTag, later.Headers["If-Match"]));
    }

    [Theory]
    [InlineData("W/\"weak\"")]
    [InlineData(null)]
    public async Task Without_a_strong_tag_there_is_no_precondition(string? tag)
    {
        ServedFile served = _rig.Server.Add("file.bin", 8 << 20);
        served.EntityTag = tag;
        await OpenAndReadAsync(served);

        Assert.All(
            _rig.Server.Log, request => Assert.Equal(["Accept-Encoding", "Host", "Range"], request.Headers.Keys.Order()));
    }

    [Fact]
    public async Task Every_request_is_a_GET_of_one_range_in_identity_coding()
    {
        await OpenAndReadAsync(_rig.Server.Add("file.bin", 8 << 20));

        Assert.All(_rig.Server.Log, request =>
        {
            Assert.Equal("GET", request.Method);
            Assert.Equal("identity", request.Headers["Accept-Encoding"]);
            Assert.StartsWith("bytes=", request.Range, StringComparison.Ordinal);
            Assert.DoesNotContain(",", request.Range, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Caller_headers_go_with_every_request_and_the_fragment_with_none()
    {
        ServedFile served = _rig.Server.Add("file.bin", 8 << 20);
        using IRemoteFile file = await _rig.OpenAsync(
            new Uri(served.Uri + "?sig=a%2Fb#part"), options => options.Headers["Authorization"] = "Bearer token");
        await file.AssertReadsAsync(served, 0, 1);
        await file.RevalidateAsync();
        await _rig.WhenQuietAsync();

        Assert.True(_rig.Server.RequestCount >= 3);
        Assert.All(_rig.Server.Log, request =>
        {
            Assert.Equal("Bearer token", request.Headers["Authorization"]);
            Assert.Equal("?sig=a%2Fb", request.Query);
        });
    }

    /// <summary>Uses all that asks something of the server.</summary>
    private async Task OpenAndReadAsync(ServedFile served)
    {
        using IRemoteFile file = await _rig.OpenAsync(served);
        await file.AssertReadsAsync(served, 0, 1);
        await file.AssertReadsAsync(served, 100_000, 1, sync: true);
        await file.PrefetchAsync([new ByteRange(200_000, 100_000)]);
        await using (RemoteFileStream uncached = file.OpenStream(CursorCaching.Uncached))
        {
            uncached.Position = 1 << 20;
            await uncached.ReadExactlyAsync(new byte[1000]);
        }

        await _rig.WhenQuietAsync();
        Assert.Equal(6, _rig.Server.RequestCount);
    }
}
