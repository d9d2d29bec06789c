using System.Net;
using Hctef.TestServer.Honest;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.AspNetCore;

/// <summary>What RFC 9110 says of ranges and conditions (sections 13 and 14), asked of a mapped file over the wire.</summary>
public sealed class RemoteFileConformanceTests : IAsyncLifetime
{
    private const string Path = "/files/catalog";
    private const int Length = 300_000;
    private const string Tag = "\"catalog-1\"";
    private const string Modified = "Tue, 01 Jan 2030 00:00:00 GMT";
    private const string Earlier = "Mon, 31 Dec 2029 23:59:59 GMT";
    private const string Later = "Tue, 01 Jan 2030 00:00:01 GMT";

    private ServingRig _rig = null!;
    private ServedFile _file = null!;

    public async Task InitializeAsync()
    {
        _rig = await ServingRig.StartAsync(
            (builder, origin) =>
            {
                _file = origin.Add("catalog.zip", Length);
                _file.EntityTag = Tag;
                _file.LastModified = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
                _file.ContentType = "application/zip";
                builder.AddRemoteFile("catalog", _file.Uri);
            },
            application => application.MapRemoteFile(Path, "Catalog"));
    }

    public Task DisposeAsync() => _rig.DisposeAsync().AsTask();

    [Fact]
    public async Task A_request_without_range_is_answered_with_all_and_with_what_the_origin_tells()
    {
        using HttpResponseMessage response = await _rig.GetAsync(Path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        AssertValidators(response);
        Assert.Equal("application/zip", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(Length, response.Content.Headers.ContentLength);
        Assert.Null(response.Content.Headers.ContentRange);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(Length, body.Length);
        Assert.True(_file.Matches(body, 0));
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=100-199", 100, 100)]
    [InlineData("bytes=299999-", Length - 1, 1)]
    [InlineData("bytes=299990-400000", Length - 10, 10)]
    [InlineData("bytes=-7", Length - 7, 7)]
    [InlineData("bytes=-400000", 0, Length)]
    [InlineData("bytes=0-", 0, Length)]
    [InlineData("Bytes=5-6", 5, 2)]
    public async Task One_range_is_a_206_with_exact_bytes(string range, int start, int count)
    {
        using HttpResponseMessage response = await _rig.GetAsync(Path, ("Range", range));

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        AssertValidators(response);
        Assert.Equal($"bytes {start}-{start + count - 1}/{Length}", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal(count, response.Content.Headers.ContentLength);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(count, body.Length);
        Assert.True(_file.Matches(body, start));
    }

    [Theory]
    [InlineData("bytes=0-9,20-29")]
    [InlineData("bytes=0-9,400000-")]
    [InlineData("lines=0-9")]
    [InlineData("bytes=9-0")]
    [InlineData("bytes=")]
    [InlineData("bytes=a-b")]
    [InlineData("0-9")]
    public async Task Several_ranges_and_what_is_no_byte_range_are_answered_with_all(string range)
    {
        using HttpResponseMessage response = await _rig.GetAsync(Path, ("Range", range));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Length, response.Content.Headers.ContentLength);
        Assert.Null(response.Content.Headers.ContentRange);
    }

    [Theory]
    [InlineData("bytes=300000-")]
    [InlineData("bytes=300000-300001")]
    [InlineData("bytes=-0")]
    public async Task A_range_behind_the_end_is_a_416_that_tells_the_length(string range)
    {
        using HttpResponseMessage response = await _rig.GetAsync(Path, ("Range", range));

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal($"bytes */{Length}", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal(0, response.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData(Tag, 206)]
    [InlineData("\"other\"", 200)]
    [InlineData("W/" + Tag, 200)]
    [InlineData("catalog-1", 200)]
    [InlineData(Modified, 200)]
    public async Task A_range_is_served_if_the_client_has_begun_with_this_version(string ifRange, int status)
    {
        using HttpResponseMessage response = await _rig.GetAsync(Path, ("Range", "bytes=10-19"), ("If-Range", ifRange));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 206 ? 10 : Length, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task If_range_without_range_means_nothing()
    {
        using HttpResponseMessage response = await _rig.GetAsync(Path, ("If-Range", Tag));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("If-Match", Tag, 200)]
    [InlineData("If-Match", "*", 200)]
    [InlineData("If-Match", "\"other\", " + Tag, 200)]
    [InlineData("If-Match", "\"other\"", 412)]
    [InlineData("If-Match", "W/" + Tag, 412)]
    [InlineData("If-Match", "catalog-1", 412)]
    [InlineData("If-Unmodified-Since", Modified, 200)]
    [InlineData("If-Unmodified-Since", Later, 200)]
    [InlineData("If-Unmodified-Since", Earlier, 412)]
    [InlineData("If-Unmodified-Since", "yesterday", 200)]
    [InlineData("If-None-Match", Tag, 304)]
    [InlineData("If-None-Match", "W/" + Tag, 304)]
    [InlineData("If-None-Match", "\"other\", W/" + Tag, 304)]
    [InlineData("If-None-Match", "*", 304)]
    [InlineData("If-None-Match", "\"other\"", 200)]
    [InlineData("If-None-Match", "catalog-1", 200)]
    [InlineData("If-Modified-Since", Modified, 304)]
    [InlineData("If-Modified-Since", Later, 304)]
    [InlineData("If-Modified-Since", Earlier, 200)]
    [InlineData("If-Modified-Since", "yesterday", 200)]
    public async Task Each_condition_alone(string name, string value, int status)
    {
        foreach (HttpMethod method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            using HttpResponseMessage response = await _rig.SendAsync(method, Path, [(name, value)]);

            Assert.Equal(status, (int)response.StatusCode);
            AssertValidators(response);
            if (status != 200)
                Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory]
    [InlineData("If-Match", Tag, "If-Unmodified-Since", Earlier, 206)]
    [InlineData("If-None-Match", "\"other\"", "If-Modified-Since", Modified, 206)]
    [InlineData("If-Match", "\"other\"", "If-None-Match", Tag, 412)]
    [InlineData("If-Match", Tag, "If-None-Match", Tag, 304)]
    [InlineData("If-Match", "\"other\"", "If-Range", Tag, 412)]
    [InlineData("If-None-Match", Tag, "If-Range", Tag, 304)]
    [InlineData("If-Unmodified-Since", Later, "If-Range", "\"other\"", 200)]
    public async Task Conditions_come_in_their_order_and_before_the_range(
        string firstName, string firstValue, string secondName, string secondValue, int status)
    {
        using HttpResponseMessage response =
            await _rig.GetAsync(Path, ("Range", "bytes=10-19"), (firstName, firstValue), (secondName, secondValue));

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Head_tells_what_get_would_and_knows_no_ranges()
    {
        using HttpResponseMessage response = await _rig.SendAsync(HttpMethod.Head, Path, [("Range", "bytes=10-19")]);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        AssertValidators(response);
        Assert.Equal(Length, response.Content.Headers.ContentLength);
        Assert.Equal("application/zip", response.Content.Headers.ContentType!.ToString());
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.All(_rig.Origin.Log, request => Assert.Equal("GET", request.Method));
    }

    [Fact]
    public async Task Other_methods_are_refused()
    {
        using HttpResponseMessage response = await _rig.SendAsync(HttpMethod.Post, Path, []);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow.Order(StringComparer.Ordinal));
    }

    private static void AssertValidators(HttpResponseMessage response)
    {
        Assert.Equal(Tag, response.Headers.ETag!.ToString());
        Assert.Equal(Modified, response.Content.Headers.GetValues("Last-Modified").Single());
        Assert.Equal("bytes", response.Headers.AcceptRanges.Single());
    }
}
