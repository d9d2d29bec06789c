using System.Globalization;
using System.Net;
using Hctef.Tests.Files;
using Hctef.TestServer.Lying;
using Hctef.TestServer.Lying.Http2;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Faults;

/// <summary>What a server of HTTP/2 may do to its streams and connections, frame by frame.</summary>
public sealed class Http2FaultTests
{
    private const int Length = 100_000;
    private const int Count = 16_384;
    private const int Offset = 32_768;

    private readonly HostileFile _file = new(Length);

    [Fact]
    public async Task B6_a_request_above_the_last_stream_of_a_GOAWAY_is_sent_again_elsewhere()
    {
        await using LyingHttp2Server server = LyingHttp2Server.Start(
            request => request.Number == 2 ? request.GoAwayAsync(lastStream: 1, Http2Error.None) : AnswerAsync(request));
        await AssertReadsAsync(server);

        Assert.Equal(["bytes=0-0", Range(Offset), Range(Offset)], server.Requests.Select(static request => request.Range));
        Assert.Equal([1, 1, 2], server.Requests.Select(static request => request.Connection));
    }

    [Fact]
    public async Task B6_a_graceful_GOAWAY_lets_what_is_under_way_end()
    {
        await using LyingHttp2Server server = LyingHttp2Server.Start(async request =>
        {
            if (request.Number == 2)
                await request.GoAwayAsync(request.Stream, Http2Error.None);
            await AnswerAsync(request);
        });
        await AssertReadsAsync(server, reads: 2);

        Assert.Equal(["bytes=0-0", Range(Offset), Range(Offset + Count)], server.Requests.Select(static request => request.Range));
        Assert.Equal([1, 1, 2], server.Requests.Select(static request => request.Connection));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task B6_a_body_that_a_GOAWAY_or_a_refusal_cuts_is_resumed_at_its_missing_byte(bool goesAway)
    {
        await using LyingHttp2Server server = LyingHttp2Server.Start(async request =>
        {
            if (request.Number != 2)
            {
                await AnswerAsync(request);
                return;
            }

            await BeginAsync(request);
            await request.DataAsync(_file.Content.ToArray(Offset, HostileRig.Block));
            await (goesAway ? request.GoAwayAsync(lastStream: 1, Http2Error.Internal) : request.ResetAsync(Http2Error.RefusedStream));
        });
        await AssertReadsAsync(server);

        // How much of what was sent the reset overtakes is the transport's affair.
        Assert.Equal(3, server.Requests.Count);
        long resumed = server.Requests[2].RequestedRange!.Value.Resolve(Length)!.Value.Start;
        Assert.InRange(resumed, Offset, Offset + HostileRig.Block);
        Assert.Equal(goesAway ? 2 : 1, server.Connections);
    }

    [Fact]
    public async Task B6_a_stream_that_is_refused_is_sent_again()
    {
        await using LyingHttp2Server server = LyingHttp2Server.Start(
            request => request.Number == 2 ? request.ResetAsync(Http2Error.RefusedStream) : AnswerAsync(request));
        await AssertReadsAsync(server);

        Assert.Equal(["bytes=0-0", Range(Offset), Range(Offset)], server.Requests.Select(static request => request.Range));
    }

    [Theory]
    [InlineData(Http2Error.RefusedStream)]
    [InlineData(Http2Error.Internal)]
    [InlineData(Http2Error.Cancel)]
    public async Task B6_B8_streams_that_are_reset_for_ever_end_after_the_retries(Http2Error error)
    {
        await using LyingHttp2Server server = LyingHttp2Server.Start(request => request.ResetAsync(error));
        await using HostileRig rig = Rig();
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync(uri: UriOf(server)));

        Assert.Equal((HctefNetworkError.Connection, true), (failure.Error, failure.IsTransient));
        // What was refused was not begun: HttpClient itself asks that three times more.
        int attempts = 1 + HostileRig.MaxRetries;
        Assert.InRange(server.Requests.Count, attempts, error == Http2Error.RefusedStream ? 4 * attempts : attempts);
        await rig.AssertCleanAsync(_file.Content, failure);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("name")]
    [InlineData("value")]
    [InlineData("debug")]
    public async Task H7_a_server_that_sends_secrets_back_is_not_quoted(string where)
    {
        await using LyingHttp2Server server = LyingHttp2Server.Start(async request =>
        {
            if (where == "debug")
                await request.GoAwayAsync(0, Http2Error.Internal, Canary.Text);
            else
                await request.HeadersAsync(
                    where == "status" ? Canary.Text : "206",
                    (where == "name" ? "bad " + Canary.Text.ToLowerInvariant() : "x-echo", where == "value" ? "a\0\r\n" + Canary.Text : "a"));
        });
        await using HostileRig rig = Rig();
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync(uri: UriOf(server)));

        await rig.AssertCleanAsync(_file.Content, failure);
    }

    private static HostileRig Rig() => new(
        static _ => LyingReply.Nothing,
        register: static builder => builder.ConfigureHttpClient(client => client.ConfigureHttpClient(http =>
            (http.DefaultRequestVersion, http.DefaultVersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact))));

    private static Uri UriOf(LyingHttp2Server server) => new($"{server.BaseUri}file.bin?sig={Canary.Text}");

    private static string Range(long start) => string.Create(CultureInfo.InvariantCulture, $"bytes={start}-{start + Count - 1}");

    private async Task AssertReadsAsync(LyingHttp2Server server, int reads = 1)
    {
        await using HostileRig rig = Rig();
        using IRemoteFile file = await rig.OpenAsync(static options => options.PrefetchBytes = 0, UriOf(server));
        byte[] buffer = new byte[Count];
        for (int i = 0; i < reads; i++)
        {
            int offset = Offset + (i * Count);
            Assert.Equal(Count, await file.ReadAsync(buffer, offset).AsTask().WaitAsync(FileRig.HangGuard));
            Assert.True(_file.Content.Matches(buffer, offset));
        }

        await rig.AssertCleanAsync(_file.Content, failure: null);
    }

    private async Task AnswerAsync(LyingHttp2Exchange request)
    {
        (long start, long count) = await BeginAsync(request);
        await request.DataAsync(_file.Content.ToArray(start, (int)count), end: true);
    }

    private async Task<(long Start, long Count)> BeginAsync(LyingHttp2Exchange request)
    {
        (long start, long count) = request.RequestedRange!.Value.Resolve(Length)!.Value;
        await request.HeadersAsync(
            "206",
            ("content-range", string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{start + count - 1}/{Length}")),
            ("etag", HostileFile.EntityTag));
        return (start, count);
    }
}
