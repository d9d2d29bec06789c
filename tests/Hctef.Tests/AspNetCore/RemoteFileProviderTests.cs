using System.Net;
using Hctef.AspNetCore;
using Hctef.TestServer.Honest;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Moq;

namespace Hctef.Tests.AspNetCore;

/// <summary>Static files of ASP.NET Core, served from immutable remote files.</summary>
public sealed class RemoteFileProviderTests : IAsyncLifetime
{
    private const int Length = 700_000;

    private ServingRig _rig = null!;
    private ServedFile _notes = null!;
    private ServedFile _map = null!;
    private ServedFile _undated = null!;
    private RemoteFileProvider _provider = null!;

    public async Task InitializeAsync()
    {
        _rig = await ServingRig.StartAsync(
            (builder, origin) =>
            {
                _notes = origin.Add("notes", Length);
                _map = origin.Add("map", Length);
                _undated = origin.Add("undated", Length);
                _undated.LastModified = null;
                builder
                    .AddRemoteFile("notes.txt", _notes.Uri, file => file.Immutable = true)
                    .AddRemoteFile("maps/europe.json", _map.Uri, file => file.Immutable = true)
                    .AddRemoteFile("undated.txt", _undated.Uri, file => file.Immutable = true)
                    .AddRemoteFile("missing.txt", new Uri(origin.BaseUri, "nowhere"), file => file.Immutable = true)
                    .AddRemoteFile("changing.txt", origin.Add("changing", Length).Uri);
            },
            application =>
            {
                _provider = new RemoteFileProvider(application.Services);
                application.UseStaticFiles(new StaticFileOptions { FileProvider = _provider, RequestPath = "/static" });
            });
    }

    public Task DisposeAsync() => _rig.DisposeAsync().AsTask();

    [Fact]
    public async Task Files_are_served_with_length_date_and_the_media_type_of_their_name()
    {
        using HttpResponseMessage notes = await _rig.GetAsync("/static/notes.txt");
        using HttpResponseMessage map = await _rig.GetAsync("/static/MAPS/europe.json");

        Assert.Equal(HttpStatusCode.OK, notes.StatusCode);
        Assert.Equal("text/plain", notes.Content.Headers.ContentType!.MediaType);
        Assert.Equal(_notes.LastModified, notes.Content.Headers.LastModified);
        Assert.True(_notes.Matches(await notes.Content.ReadAsByteArrayAsync(), 0));
        Assert.Equal("application/json", map.Content.Headers.ContentType!.MediaType);
        Assert.True(_map.Matches(await map.Content.ReadAsByteArrayAsync(), 0));
    }

    [Fact]
    public async Task Ranges_and_conditions_work()
    {
        using HttpResponseMessage range = await _rig.GetAsync("/static/notes.txt", ("Range", "bytes=500000-500009"));
        using HttpResponseMessage known = await _rig.GetAsync("/static/notes.txt", ("If-None-Match", range.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.PartialContent, range.StatusCode);
        Assert.True(_notes.Matches(await range.Content.ReadAsByteArrayAsync(), 500_000));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Theory]
    [InlineData("changing.txt")]
    [InlineData("missing.txt")]
    [InlineData("unknown.txt")]
    [InlineData("maps")]
    public async Task Files_that_may_change_are_missing_or_unknown_are_not_found(string name)
    {
        using HttpResponseMessage response = await _rig.GetAsync("/static/" + name);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_file_without_date_keeps_the_one_when_it_was_seen_first()
    {
        DateTimeOffset start = DateTimeOffset.UtcNow.AddSeconds(-1);
        using HttpResponseMessage first = await _rig.GetAsync("/static/undated.txt");
        IFileInfo file = _provider.GetFileInfo("undated.txt");

        Assert.InRange(file.LastModified, start, DateTimeOffset.UtcNow);
        Assert.Equal(file.LastModified, _provider.GetFileInfo("/undated.txt").LastModified);
        Assert.Equal(file.LastModified.ToUnixTimeSeconds(), first.Content.Headers.LastModified!.Value.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task An_origin_that_fails_is_no_missing_file()
    {
        _notes.StatusOverride = new StatusOverride(500, times: 1);
        IFileInfo failing = _provider.GetFileInfo("notes.txt");
        Assert.Throws<HctefNetworkException>(() => failing.Exists);

        using HttpResponseMessage response = await _rig.GetAsync("/static/notes.txt");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public void A_registration_that_there_is_not_is_refused()
    {
        var services = new ServiceCollection();
        services.AddKeyedHctef("archive");
        using ServiceProvider provider = services.BuildServiceProvider();

        var e = Assert.Throws<ArgumentException>("registration", () => new RemoteFileProvider(provider, "typo"));
        Assert.Contains("'typo'", e.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new RemoteFileProvider(provider));
        Assert.Empty(new RemoteFileProvider(provider, "archive").GetDirectoryContents(""));
    }

    [Fact]
    public void Folders_list_without_opening_anything()
    {
        Assert.Equal(
            ["maps/", "missing.txt", "notes.txt", "undated.txt"],
            _provider.GetDirectoryContents("").Select(entry => entry.IsDirectory ? entry.Name + "/" : entry.Name));
        Assert.Equal("europe.json", Assert.Single(_provider.GetDirectoryContents("/Maps/")).Name);
        Assert.False(_provider.GetDirectoryContents("other").Exists);
        Assert.Equal(0, _rig.Origin.RequestCount);
        Assert.False(_provider.Watch("*").ActiveChangeCallbacks);
    }

    [Fact]
    public async Task An_immutable_file_that_changes_all_the_same_is_never_served_under_the_headers_of_another_version()
    {
        var file = new Mock<IRemoteFile>();
        int asked = 0;
        file.Setup(f => f.GetInfoAsync(It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => new RemoteFileInfo { Length = 3, EntityTag = Interlocked.Increment(ref asked) == 1 ? "\"a\"" : "\"b\"" });
        var services = new ServiceCollection();
        services.AddHctef().AddRemoteFile("a.txt", new Uri("https://a.invalid/"), options => options.Immutable = true);
        services.AddKeyedSingleton("a.txt", file.Object);
        await using ServiceProvider provider = services.BuildServiceProvider();

        IFileInfo info = new RemoteFileProvider(provider).GetFileInfo("a.txt");

        Assert.Equal(3, info.Length);
        var e = Assert.Throws<RemoteFileChangedException>(info.CreateReadStream);
        Assert.Equal(("\"a\"", "\"b\""), (e.Opened!.EntityTag, e.Current!.EntityTag));
    }
}
