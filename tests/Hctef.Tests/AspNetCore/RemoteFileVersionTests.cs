using System.IO.Compression;
using System.Net;
using Hctef.Tests.Files;
using Hctef.TestServer.Content;
using Hctef.TestServer.Honest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.AspNetCore;

/// <summary>What is served of files whose origin says little of their versions, and of files that change.</summary>
public sealed class RemoteFileVersionTests
{
    private const string Path = "/file";
    private const int Length = 300_000;

    [Fact]
    public async Task A_weak_tag_is_passed_on_and_makes_no_range_certain()
    {
        await using ServingRig rig = await StartAsync(file => file.EntityTag = "W/\"weak\"");

        using HttpResponseMessage known = await rig.GetAsync(Path, ("If-None-Match", "W/\"weak\""));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Equal("W/\"weak\"", known.Headers.ETag!.ToString());
        using HttpResponseMessage matched = await rig.GetAsync(Path, ("If-Match", "W/\"weak\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, matched.StatusCode);
        using HttpResponseMessage range = await rig.GetAsync(Path, ("Range", "bytes=0-9"), ("If-Range", "W/\"weak\""));
        Assert.Equal(HttpStatusCode.OK, range.StatusCode);
        using HttpResponseMessage plain = await rig.GetAsync(Path, ("Range", "bytes=0-9"));
        Assert.Equal(HttpStatusCode.PartialContent, plain.StatusCode);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.PartialContent)]
    [InlineData(false, HttpStatusCode.OK)]
    public async Task A_date_makes_a_range_certain_if_it_is_strong(bool immutable, HttpStatusCode status)
    {
        ServedFile? served = null;
        await using ServingRig rig = await StartAsync(file => served = file, options => options.Immutable = immutable);

        string date = served!.LastModified!.Value.ToString("r");
        using HttpResponseMessage same = await rig.GetAsync(Path, ("Range", "bytes=0-9"), ("If-Range", date));
        Assert.Equal(status, same.StatusCode);
        string other = served.LastModified.Value.AddSeconds(1).ToString("r");
        using HttpResponseMessage different = await rig.GetAsync(Path, ("Range", "bytes=0-9"), ("If-Range", other));
        Assert.Equal(HttpStatusCode.OK, different.StatusCode);
    }

    [Fact]
    public async Task Without_validators_conditions_on_them_fail_or_are_ignored()
    {
        await using ServingRig rig = await StartAsync(file => (file.EntityTag, file.LastModified, file.ContentType) = (null, null, null));

        using HttpResponseMessage response = await rig.GetAsync(
            Path, ("If-None-Match", "\"a\""), ("If-Unmodified-Since", "Mon, 31 Dec 2029 23:59:59 GMT"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(response.Headers.ETag);
        Assert.Null(response.Content.Headers.LastModified);
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.ToString());
        using HttpResponseMessage matched = await rig.GetAsync(Path, ("If-Match", "\"a\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, matched.StatusCode);
        using HttpResponseMessage any = await rig.GetAsync(Path, ("If-Match", "*"));
        Assert.Equal(HttpStatusCode.OK, any.StatusCode);
    }

    [Theory]
    [InlineData("bytes=0-9", 416)]
    [InlineData("bytes=-9", 200)]
    [InlineData(null, 200)]
    public async Task An_empty_file_has_no_ranges(string? range, int status)
    {
        await using ServingRig rig = await StartAsync(_ => { }, length: 0);

        using HttpResponseMessage response = range is null ? await rig.GetAsync(Path) : await rig.GetAsync(Path, ("Range", range));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(0, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task A_file_that_is_reopened_is_served_anew_by_the_request_that_notices()
    {
        ServedFile? served = null;
        await using ServingRig rig = await StartAsync(file => served = file, options => options.OnChange = ChangePolicy.Reopen);
        using HttpResponseMessage before = await rig.GetAsync(Path, ("Range", "bytes=0-9"));
        string old = before.Headers.ETag!.ToString();

        served!.Update(version: 2, Length + 1);
        using HttpResponseMessage after = await rig.GetAsync(Path, ("Range", "bytes=200000-200009"));

        Assert.Equal(HttpStatusCode.PartialContent, after.StatusCode);
        Assert.NotEqual(old, after.Headers.ETag!.ToString());
        Assert.Equal(served.EntityTag, after.Headers.ETag.ToString());
        Assert.Equal(Length + 1, after.Content.Headers.ContentRange!.Length);
        Assert.True(served.Matches(await after.Content.ReadAsByteArrayAsync(), 200_000));
    }

    [Fact]
    public async Task A_file_that_is_not_reopened_is_a_bad_gateway_where_its_bytes_are_gone()
    {
        ServedFile? served = null;
        await using ServingRig rig = await StartAsync(file => served = file);
        using HttpResponseMessage before = await rig.GetAsync(Path, ("Range", "bytes=0-9"));
        byte[] bytes = await before.Content.ReadAsByteArrayAsync();

        served!.Update(version: 2, Length);
        using HttpResponseMessage gone = await rig.GetAsync(Path, ("Range", "bytes=200000-200009"));
        using HttpResponseMessage cached = await rig.GetAsync(Path, ("Range", "bytes=0-9"));

        Assert.Equal(HttpStatusCode.BadGateway, gone.StatusCode);
        Assert.Null(gone.Headers.ETag);
        Assert.Null(gone.Content.Headers.ContentRange);
        Assert.Empty(await gone.Content.ReadAsByteArrayAsync());
        Assert.Equal(before.Headers.ETag, cached.Headers.ETag);
        Assert.Equal(bytes, await cached.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData(ChangePolicy.Reopen)]
    [InlineData(ChangePolicy.Fail)]
    public async Task A_change_behind_bytes_that_middleware_holds_back_aborts_the_reply(ChangePolicy policy)
    {
        ServedFile? served = null;
        await using ServingRig rig = await StartAsync(
            file => (served = file).ContentType = "text/plain",
            options => options.OnChange = policy,
            // The bytes of one letter are compressed to so few that the first piece of the body starts no reply.
            content: static (destination, _) => destination.Fill((byte)'1'),
            compressed: true);
        using HttpResponseMessage cached = await rig.GetAsync(Path, ("Range", "bytes=0-262143"));
        Assert.Equal(262_144, (await cached.Content.ReadAsByteArrayAsync()).Length);

        served!.Update(version: 2, Length, static (destination, _) => destination.Fill((byte)'2'));

        await Assert.ThrowsAnyAsync<HttpRequestException>(async () =>
        {
            using HttpResponseMessage mixed = await rig.GetAsync(Path, ("Accept-Encoding", "br")).WaitAsync(FileRig.HangGuard);
            await mixed.Content.ReadAsByteArrayAsync().WaitAsync(FileRig.HangGuard);
        });
        Assert.Contains(rig.Logs.Lines, line => line.Contains("'file' was aborted", StringComparison.Ordinal));
    }

    private static Task<ServingRig> StartAsync(
        Action<ServedFile> arrange,
        Action<RemoteFileOptions>? configure = null,
        long length = Length,
        ContentReader? content = null,
        bool compressed = false)
    {
        return ServingRig.StartAsync(
            (builder, origin) =>
            {
                ServedFile file = origin.Add("file", length);
                if (content is not null)
                    file.Update(version: 1, length, content);
                arrange(file);
                builder.AddRemoteFile("file", file.Uri, configure);
                builder.Services.AddResponseCompression()
                    .Configure<BrotliCompressionProviderOptions>(static brotli => brotli.Level = CompressionLevel.Optimal);
            },
            application =>
            {
                if (compressed)
                    application.UseResponseCompression();
                application.MapRemoteFile(Path, "file");
            });
    }
}
