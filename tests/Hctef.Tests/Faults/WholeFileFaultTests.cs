using System.Globalization;
using Hctef.TestServer.Lying;

namespace Hctef.Tests.Faults;

/// <summary>Servers that do not serve ranges, and lie besides.</summary>
public sealed class WholeFileFaultTests
{
    private const int Length = 100_000;

    private readonly HostileFile _file = new(Length);

    public static TheoryData<string, bool> Refusals => new()
    {
        { "A12_total_unknown", true },
        { "A18_400", true },
        { "A18_416", true },
        { "A18_501", true },
        { "A1_200_to_all", false },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A12_A18_who_refuses_every_range_is_asked_for_all(string refusal, bool refuses)
    {
        await using var rig = new HostileRig(request => request.Range is null || !refuses ? Whole() : Refuse(refusal, request));
        IRemoteFile file = await rig.OpenAsync(Download);
        byte[] buffer = new byte[Length];
        Assert.Equal(Length, await file.ReadAsync(buffer, 0).AsTask().WaitAsync(Files.FileRig.HangGuard));

        Assert.True(_file.Content.Matches(buffer, 0));
        Assert.Equal(refuses ? 3 : 1, rig.Server.Requests.Count);
        Assert.Equal(refuses ? 1 : 0, rig.Server.Requests.Count(request => request.Range is null));
        Assert.All(rig.Server.Requests, request => Assert.Equal("GET", request.Method));
        await rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Theory]
    [InlineData(RangeFallback.Throw)]
    [InlineData(RangeFallback.Download)]
    public async Task A18_an_empty_file_is_empty(RangeFallback fallback)
    {
        await using var rig = new HostileRig(request => request.Range is null ? LyingReply.Status(200) : LyingReply.Status(400));
        Task<IRemoteFile> opening = rig.OpenAsync(options => options.WhenRangesUnsupported = fallback);
        if (fallback == RangeFallback.Throw)
            await Assert.ThrowsAsync<RangeNotSupportedException>(() => opening);
        else
            Assert.Equal(0, await (await opening).ReadAsync(new byte[10], 0));
        await rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Fact]
    public async Task A21_an_interstitial_page_is_never_cached_as_the_file()
    {
        bool interstitial = true;
        await using var rig = new HostileRig(request => interstitial
            ? LyingReply.Whole("<html>please wait</html>"u8, ("Content-Type", "text/html; charset=utf-8"), ("ETag", HostileFile.EntityTag))
            : _file.Answer(request));
        RangeNotSupportedException failure = await Assert.ThrowsAsync<RangeNotSupportedException>(() => rig.OpenAsync());
        Assert.Equal(RangeNotSupportedReason.RangeIgnored, failure.Reason);
        Assert.Contains("text/html", failure.Message, StringComparison.Ordinal);

        interstitial = false;
        IRemoteFile file = await rig.OpenAsync();
        byte[] buffer = new byte[100];
        await file.ReadExactlyAsync(buffer, 0);
        Assert.True(_file.Content.Matches(buffer, 0));
        await rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task A21_where_whole_files_are_taken_the_expected_tag_tells_an_interstitial_page()
    {
        await using var rig = new HostileRig(_ => LyingReply.Whole("<html>"u8, ("Content-Type", "text/html")));
        RemoteFileChangedException failure = await Assert.ThrowsAsync<RemoteFileChangedException>(() => rig.OpenAsync(options =>
        {
            Download(options);
            options.ExpectedEntityTag = HostileFile.EntityTag;
        }));
        await rig.AssertCleanAsync(_file.Content, failure);
    }

    public static TheoryData<string, RangeNotSupportedReason> Unusable => new()
    {
        { "A14_gzip", RangeNotSupportedReason.ContentEncoded },
        { "F1_endless_without_a_length", RangeNotSupportedReason.LengthUnknown },
        { "F1_endless_chunks", RangeNotSupportedReason.LengthUnknown },
        { "F1_endless_chunks_with_a_length", RangeNotSupportedReason.LengthUnknown },
        { "F5_claims_2_to_62", RangeNotSupportedReason.RangeIgnored },
        { "F5_claims_2_to_64", RangeNotSupportedReason.LengthUnknown },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task F1_F5_what_tells_no_usable_length_is_refused_and_costs_nothing(string name, RangeNotSupportedReason reason)
    {
        await using var rig = new HostileRig(_ => Tell(name));
        long before = rig.Engine.Cache.PoolBytes;
        HctefException failure = await Assert.ThrowsAnyAsync<HctefException>(() => rig.OpenAsync(Download));

        if (failure is RangeNotSupportedException ranges)
            Assert.Equal(reason, ranges.Reason);
        else
            Assert.Equal("F5_claims_2_to_64", name);
        Assert.InRange(rig.Engine.Cache.PoolBytes - before, 0, 32 * HostileRig.Block);
        await rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task F1_nothing_is_read_beyond_the_length_that_was_told()
    {
        await using var rig = new HostileRig(_ => Whole().WriteForever(new byte[4096]));
        IRemoteFile file = await rig.OpenAsync(Download);
        byte[] buffer = new byte[Length];
        await file.ReadExactlyAsync(buffer, 0);
        Assert.True(_file.Content.Matches(buffer, 0));
        await rig.AssertCleanAsync(_file.Content, failure: null);
    }

    private static LyingReply Tell(string name) => name switch
    {
        "A14_gzip" => LyingReply.Whole("coded"u8, ("Content-Encoding", "gzip")),
        "F1_endless_without_a_length" => LyingReply.Head(200).WriteForever(new byte[4096]),
        "F1_endless_chunks" => LyingReply.Head(200, ("Transfer-Encoding", "chunked")).WriteForever("1\r\nx\r\n"u8),
        "F1_endless_chunks_with_a_length" =>
            LyingReply.Head(200, ("Transfer-Encoding", "chunked"), ("Content-Length", "100")).WriteForever("1\r\nx\r\n"u8),
        "F5_claims_2_to_62" => LyingReply.Head(200, ("Content-Length", (1L << 62).ToString(CultureInfo.InvariantCulture))).Write("few").Stall(),
        _ => LyingReply.Head(200, ("Content-Length", "18446744073709551616")).Write("few").Stall(),
    };

    private static void Download(RemoteFileOptions options) => options.WhenRangesUnsupported = RangeFallback.Download;

    private LyingReply Whole() => LyingReply.Whole(_file.Content.ToArray(0, Length), ("ETag", HostileFile.EntityTag));

    private LyingReply Refuse(string refusal, LyingRequest request) => refusal switch
    {
        "A12_total_unknown" => _file.Of(request) is { } truth
            ? truth.Reply(("Content-Range", $"bytes {truth.Start}-{truth.Last}/*"))
            : LyingReply.Nothing,
        "A18_400" => LyingReply.Status(400),
        "A18_416" => LyingReply.Status(416),
        _ => LyingReply.Status(501),
    };
}
