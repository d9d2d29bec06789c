using System.Net;
using Hctef.AspNetCore.Endpoints;
using Hctef.Tests.Files;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Moq;

namespace Hctef.Tests.AspNetCore;

/// <summary>How a mapped file is read, what its origin's failures become, and whose reads end when a client leaves.</summary>
public sealed class RemoteFileEndpointTests : IAsyncLifetime
{
    private const string Path = "/file";
    private const int Length = 4 * 1024 * 1024;

    private ServingRig _rig = null!;
    private ServedFile _file = null!;

    public async Task InitializeAsync()
    {
        _rig = await ServingRig.StartAsync(
            (builder, origin) =>
            {
                _file = origin.Add("secret-free.bin", Length);
                builder.AddRemoteFile("file", new Uri(_file.Uri + "?sig=CANARY"));
            },
            application => application.MapRemoteFile(Path, "file"));
    }

    public Task DisposeAsync() => _rig.DisposeAsync().AsTask();

    [Fact]
    public void A_name_under_which_no_file_is_registered_stops_the_start()
    {
        var e = Assert.Throws<InvalidOperationException>(() => _rig.Application.MapRemoteFile("/other", "other"));
        Assert.Equal("No remote file is registered as 'other'. Registered are: 'file'.", e.Message);
    }

    [Fact]
    public async Task What_is_cached_is_served_without_asking_the_origin()
    {
        using HttpResponseMessage first = await _rig.GetAsync(Path, ("Range", "bytes=1000000-1099999"));
        byte[] bytes = await first.Content.ReadAsByteArrayAsync();
        int asked = _rig.Origin.RequestCount;

        using HttpResponseMessage again = await _rig.GetAsync(Path, ("Range", "bytes=1000000-1099999"));
        using HttpResponseMessage part = await _rig.GetAsync(Path, ("Range", "bytes=1050000-1050009"));

        Assert.Equal(bytes, await again.Content.ReadAsByteArrayAsync());
        Assert.Equal(bytes[50_000..50_010], await part.Content.ReadAsByteArrayAsync());
        Assert.Equal(asked, _rig.Origin.RequestCount);
    }

    [Theory]
    [InlineData(404, null, 404)]
    [InlineData(410, null, 410)]
    [InlineData(401, null, 502)]
    [InlineData(403, null, 502)]
    [InlineData(500, null, 502)]
    [InlineData(503, "7", 503)]
    [InlineData(429, "7", 503)]
    [InlineData(504, null, 504)]
    public async Task What_the_origin_refuses_is_answered_as_a_gateway_does(int origin, string? retryAfter, int status)
    {
        _file.StatusOverride = new StatusOverride(origin, retryAfter: retryAfter);

        using HttpResponseMessage response = await _rig.GetAsync(Path, ("Range", "bytes=0-9"));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(retryAfter, response.Headers.RetryAfter?.ToString());
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Null(response.Headers.ETag);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.Contains(_rig.Logs.Lines, line => line.Contains($"'file' was answered with {status}", StringComparison.Ordinal));
        Assert.All(_rig.Logs.Lines, line => Assert.DoesNotContain("CANARY", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_of_the_open_file_is_answered_as_well_and_the_next_request_is_served()
    {
        using HttpResponseMessage opened = await _rig.GetAsync(Path, ("Range", "bytes=0-9"));
        _file.StatusOverride = new StatusOverride(500, times: 1);

        using HttpResponseMessage failed = await _rig.GetAsync(Path, ("Range", "bytes=2000000-2000009"));
        using HttpResponseMessage served = await _rig.GetAsync(Path, ("Range", "bytes=2000000-2000009"));

        Assert.Equal(HttpStatusCode.BadGateway, failed.StatusCode);
        Assert.Null(failed.Content.Headers.ContentRange);
        Assert.Equal(HttpStatusCode.PartialContent, served.StatusCode);
        Assert.True(_file.Matches(await served.Content.ReadAsByteArrayAsync(), 2_000_000));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void Failures_without_a_status_have_one_for_clients(Exception failure, int status) =>
        Assert.Equal(status, OriginFailure.Of(failure).StatusCode);

    public static TheoryData<Exception, int> Failures() => new()
    {
        { new HctefNetworkException(HctefNetworkError.Timeout, "late"), 504 },
        { new HctefNetworkException(HctefNetworkError.Connection, "broken"), 502 },
        { new HctefNetworkException(HctefNetworkError.Protocol, "strange"), 502 },
        { new RangeNotSupportedException(), 502 },
        { new RemoteFileChangedException(), 502 },
        { new HctefUrlException(), 502 },
        { new EndOfStreamException(), 502 },
        { new ObjectDisposedException("file"), 503 },
    };

    [Fact]
    public async Task A_body_that_fails_on_its_way_is_aborted()
    {
        _file.BreakAt(1_000_000, times: int.MaxValue);

        using HttpResponseMessage response = await _rig.GetAsync(Path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Length, response.Content.Headers.ContentLength);
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.CopyToAsync(Stream.Null).WaitAsync(FileRig.HangGuard));
        Assert.Contains(_rig.Logs.Lines, line => line.Contains("'file' was aborted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_that_leaves_ends_its_own_reads_only()
    {
        using HttpResponseMessage opened = await _rig.GetAsync(Path, ("Range", "bytes=0-9"));
        ResponseGate gate = _file.HoldAt(2_000_000);
        using var leaving = new CancellationTokenSource();
        Task<HttpResponseMessage> leaver = _rig.SendAsync(HttpMethod.Get, Path, [("Range", "bytes=2000000-2199999")], leaving.Token);
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        Task<HttpResponseMessage> stayer = _rig.GetAsync(Path, ("Range", "bytes=2000000-2199999"));

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        gate.Release();

        using HttpResponseMessage response = await stayer.WaitAsync(FileRig.HangGuard);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(200_000, body.Length);
        Assert.True(_file.Matches(body, 2_000_000));
    }

    [Fact]
    public async Task The_last_client_that_leaves_ends_the_fetch()
    {
        using HttpResponseMessage opened = await _rig.GetAsync(Path, ("Range", "bytes=0-9"));
        ResponseGate gate = _file.HoldAt(2_000_000);
        using var leaving = new CancellationTokenSource();
        Task<HttpResponseMessage> leaver = _rig.SendAsync(HttpMethod.Get, Path, [("Range", "bytes=2000000-2199999")], leaving.Token);
        await gate.Reached.WaitAsync(FileRig.HangGuard);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);

        await _file.WhenAborted(1).WaitAsync(FileRig.HangGuard);
        Assert.DoesNotContain(_rig.Logs.Lines, line => line.Contains("'file'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_middleware_gives_up_is_answered_by_the_middleware(bool isOpen)
    {
        // As the middleware of request timeouts does, by a signal instead of a clock.
        ServedFile? served = null;
        using var patience = new CancellationTokenSource();
        await using ServingRig rig = await ServingRig.StartAsync(
            (builder, origin) => builder.AddRemoteFile("file", (served = origin.Add("file", Length)).Uri),
            application =>
            {
                application.Use(async (context, next) =>
                {
                    context.RequestAborted = patience.Token;
                    try
                    {
                        await next(context);
                    }
                    catch (OperationCanceledException)
                    {
                        context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
                    }
                });
                application.MapRemoteFile(Path, "file");
            });
        if (isOpen)
            await rig.Application.Services.GetRequiredService<IRangeReaderFactory>().GetFile("file").GetInfoAsync();
        ResponseGate gate = served!.HoldHeaders();

        Task<HttpResponseMessage> late = rig.GetAsync(Path);
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        await patience.CancelAsync();

        using HttpResponseMessage response = await late.WaitAsync(FileRig.HangGuard);
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Null(response.Headers.ETag);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_slow_client_holds_no_more_than_a_few_pieces()
    {
        // A reader that takes one piece: what the application has read of the file beyond it lies in buffers of fixed size.
        var file = new InMemoryRemoteFile(new byte[64 * 1024 * 1024]);
        await using ServingRig rig = await ServingRig.StartAsync(
            (builder, _) =>
            {
                builder.AddRemoteFile("large", new Uri("https://large.invalid/file"));
                builder.Services.AddKeyedSingleton<IRemoteFile>("large", file);
            },
            application => application.MapRemoteFile(Path, "large"));

        using HttpResponseMessage response = await rig.GetAsync(Path);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[100_000]);

        // Socket buffers of the loopback grow to a few MiB; the whole file would fit only if nothing held the application back.
        Assert.InRange(file.GetStatistics().BytesServed, 100_000, 32 * 1024 * 1024);
    }

    [Fact]
    public async Task Any_file_can_stand_in_for_a_registered_one()
    {
        var mock = new Mock<IRemoteFile>();
        mock.Setup(file => file.GetInfoAsync(It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => new RemoteFileInfo { Length = 3, EntityTag = "unquoted" });
        mock.Setup(file => file.ReadAsync(It.IsAny<Memory<byte>>(), It.IsAny<long>(), It.IsAny<CancellationToken>()))
            .Returns((Memory<byte> buffer, long offset, CancellationToken _) =>
            {
                buffer.Span.Fill((byte)offset);
                return new ValueTask<int>(buffer.Length);
            });
        await using ServingRig rig = await ServingRig.StartAsync(
            (builder, _) =>
            {
                builder.AddRemoteFile("mock", new Uri("https://mock.invalid/file"));
                builder.Services.AddKeyedSingleton("mock", mock.Object);
            },
            application => application.MapRemoteFile(Path, "mock"));

        using HttpResponseMessage response = await rig.GetAsync(Path, ("Range", "bytes=1-2"));

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Null(response.Headers.ETag);
        Assert.Equal([1, 1], await response.Content.ReadAsByteArrayAsync());
    }
}
