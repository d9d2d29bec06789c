using Hctef.Tests.Files;
using Hctef.TestServer.Lying;

namespace Hctef.Tests.Faults;

/// <summary>What goes over the wire, and what servers do there that is not about ranges.</summary>
public sealed class WireFaultTests
{
    private const int Length = 300_000;

    private readonly HostileFile _file = new(Length);

    [Fact]
    public async Task A23_A24_every_request_is_a_GET_for_one_range_and_a_suffix_only_opens()
    {
        await using HostileRig rig = new(request => request.Method == "GET" ? _file.Answer(request) : LyingReply.Status(405));
        using IRemoteFile file = await rig.OpenAsync(static options => options.ReadaheadBytes = null);
        await using (RemoteFileStream stream = file.OpenStream())
        {
            Assert.Equal(Length, stream.Length);
            await stream.CopyToAsync(Stream.Null).WaitAsync(FileRig.HangGuard);
        }

        await file.ReadRangesAsync([new RangeRead(0, new byte[10]), new RangeRead(200_000, new byte[10])]);
        await file.PrefetchAsync([new ByteRange(0, Length), new ByteRange(50_000, 10)]);
        await file.RevalidateAsync();
        await rig.WhenQuietAsync();

        Assert.All(rig.Server.Requests, static request => Assert.Equal("GET", request.Method));
        Assert.True(rig.Server.Requests[0].RequestedRange!.Value.IsSuffix);
        Assert.All(rig.Server.Requests.Skip(1), static request => Assert.NotNull(request.RequestedRange!.Value.Last));
        await rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Fact]
    public async Task B4_a_pooled_connection_that_the_server_closed_costs_no_retry()
    {
        await using HostileRig rig = new(request => _file.Answer(request).Fin(), static options => options.Retry.MaxRetries = 0);
        using IRemoteFile file = await rig.OpenAsync(static options => options.PrefetchBytes = 0);
        for (int i = 0; i < 10; i++)
        {
            byte[] buffer = new byte[1000];
            Assert.Equal(buffer.Length, await file.ReadAsync(buffer, i * 20_000, sync: i % 2 == 0));
            Assert.True(_file.Content.Matches(buffer, i * 20_000));
        }

        await rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Fact]
    public async Task F7_cookies_are_neither_kept_nor_sent()
    {
        await using HostileRig rig = new(request => _file.Of(request).Reply(("Set-Cookie", $"visit={request.Number}; Path=/")));
        using IRemoteFile file = await rig.OpenAsync(static options =>
        {
            options.PrefetchBytes = 0;
            options.Headers.Remove("Cookie");
        });
        for (int i = 0; i < 3; i++)
            Assert.Equal(10, await file.ReadAsync(new byte[10], i * 50_000, sync: false));

        Assert.Equal(4, rig.Server.Requests.Count);
        Assert.All(rig.Server.Requests, static request => Assert.DoesNotContain("Cookie", request.Headers.Keys));
        await rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Fact]
    public async Task F8_right_headers_with_wrong_bytes_are_believed_and_the_README_says_so()
    {
        await using HostileRig rig = new(request =>
        {
            HostileFile.Truth truth = _file.Of(request);
            return LyingReply.Partial(truth.Start, truth.Last, Length, new byte[truth.Count]);
        });
        using IRemoteFile file = await rig.OpenAsync(static options => options.PrefetchBytes = 0);
        byte[] buffer = new byte[100];
        buffer.AsSpan().Fill(0xEE);

        Assert.Equal(buffer.Length, await file.ReadAsync(buffer, 1000, sync: false));
        Assert.False(buffer.AsSpan().ContainsAnyExcept((byte)0));
        Assert.Contains(
            "right headers and wrong bytes cannot be caught by HTTP",
            await File.ReadAllTextAsync(Path.Combine(Repository.Find(), "README.md")),
            StringComparison.Ordinal);
    }
}
