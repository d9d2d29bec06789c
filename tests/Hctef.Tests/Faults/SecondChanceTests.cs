using Hctef.Tests.Files;
using Hctef.TestServer.Lying;

namespace Hctef.Tests.Faults;

/// <summary>Replies that are asked again at once because servers and caches err that way for a single reply: how often, how, and what then.</summary>
public sealed class SecondChanceTests : IAsyncDisposable
{
    private const int Length = 100_000;
    private const int Block = HostileRig.Block;

    private readonly HostileFile _file = new(Length);
    private readonly HostileRig _rig;
    private Func<LyingRequest, HostileFile.Truth, int, LyingReply?> _lie = static (_, _, _) => null;
    private int _honest = 1;

    public SecondChanceTests() => _rig = new HostileRig(
        request => _lie(request, _file.Of(request), request.Number - _honest) ?? _file.Answer(request));

    public async ValueTask DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task A2_one_whole_file_on_the_fifth_block_is_probed_and_the_block_asked_again()
    {
        using IRemoteFile file = await OpenAsync();
        for (int block = 0; block < 4; block++)
            await ReadBlockAsync(file, block);

        _lie = (_, _, number) => number == 1 ? EndlessWhole("\"v1\"") : null;
        await ReadBlockAsync(file, 4);

        Assert.Equal([RangeOf(4), "bytes=0-0", RangeOf(4)], RangesAfter(5));
        await _rig.Server.WhenDropped(1).WaitAsync(FileRig.HangGuard);
        await _rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Theory]
    [InlineData(false, new[] { "bytes=0-4095", "bytes=0-0" })]
    [InlineData(true, new[] { "bytes=0-4095", "bytes=0-0", "bytes=0-4095" })]
    public async Task A2_whole_files_for_ever_are_refused_unread(bool probesAreServed, string[] ranges)
    {
        using IRemoteFile file = await OpenAsync();
        _lie = (request, _, number) => number > 0 && !(probesAreServed && request.Range == "bytes=0-0") ? EndlessWhole("\"v1\"") : null;
        var failure = await FailAsync<RangeNotSupportedException>(file);

        Assert.Equal(RangeNotSupportedReason.RangeIgnored, failure.Reason);
        Assert.Equal(ranges, RangesAfter(1));
        await _rig.Server.WhenDropped(ranges.Count(range => !probesAreServed || range != "bytes=0-0")).WaitAsync(FileRig.HangGuard);
        await _rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task A2_a_whole_file_that_tells_nothing_is_of_another_version_if_the_probe_is()
    {
        using IRemoteFile file = await OpenAsync();
        _lie = (_, truth, number) => number switch
        {
            < 1 => null,
            1 => LyingReply.Head(200, ("Transfer-Encoding", "chunked")).Stall(),
            _ => truth.Reply(("ETag", "\"v2\"")),
        };
        var failure = await FailAsync<RemoteFileChangedException>(file);
        Assert.Equal(["bytes=0-4095", "bytes=0-0"], RangesAfter(1));
        await _rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task A22_a_stored_reply_for_another_range_is_asked_past_the_caches()
    {
        using IRemoteFile file = await OpenAsync();
        _lie = (request, truth, number) => number > 0 && !BypassesCaches(request) ? (truth with { Start = 8 }).Reply() : null;
        await ReadBlockAsync(file, 1);
        await ReadBlockAsync(file, 2);

        Assert.Equal([RangeOf(1), RangeOf(1), RangeOf(2), RangeOf(2)], RangesAfter(1));
        Assert.Equal([false, true, false, true], _rig.Server.Requests.Skip(1).Select(BypassesCaches));
        await _rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Theory]
    [InlineData(PrefetchDirection.Start)]
    [InlineData(PrefetchDirection.End)]
    public async Task A22_a_stored_reply_at_open_is_asked_past_the_caches(PrefetchDirection direction)
    {
        _lie = (request, truth, _) => request.Number <= 2 && !BypassesCaches(request)
            ? LyingReply.Partial(8, 17, Length, truth.File.Content.ToArray(8, 10)) : null;
        using IRemoteFile file = await _rig.OpenAsync(options => (options.PrefetchBytes, options.PrefetchDirection) = (Block, direction));

        Assert.Equal(Length, file.GetInfo().Length);
        Assert.Single(_rig.Server.Requests, BypassesCaches);
        await _rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Fact]
    public async Task A22_a_server_that_goes_on_is_refused()
    {
        using IRemoteFile file = await OpenAsync();
        _lie = (_, truth, number) => number > 0 ? (truth with { Start = 8 }).Reply() : null;
        var failure = await FailAsync<HctefNetworkException>(file);
        Assert.Equal(HctefNetworkError.Protocol, failure.Error);
        Assert.Equal(2, RangesAfter(1).Length);
        await _rig.AssertCleanAsync(_file.Content, failure);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("W/\"v1\"")]
    public async Task D4_a_tag_that_is_lost_once_is_asked_for_again(string? tag)
    {
        using IRemoteFile file = await OpenAsync();
        _lie = (_, truth, number) => number == 1 ? truth.Reply(("ETag", tag)) : null;
        await ReadBlockAsync(file, 0);
        Assert.Equal([RangeOf(0), RangeOf(0)], RangesAfter(1));

        _lie = (_, truth, number) => number > 0 ? truth.Reply(("ETag", tag)) : null;
        var failure = await FailAsync<RemoteFileChangedException>(file, block: 1);
        Assert.Equal([RangeOf(1), RangeOf(1)], RangesAfter(3));
        await _rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task D5_replicas_are_tried_twice_more_for_the_pinned_tag()
    {
        using IRemoteFile file = await OpenAsync();
        _lie = (_, truth, number) => number is 1 or 2 ? truth.Reply(("ETag", "\"v2\"")) : null;
        await ReadBlockAsync(file, 0);
        Assert.Equal([RangeOf(0), RangeOf(0), RangeOf(0)], RangesAfter(1));

        _lie = (_, truth, number) => number > 0 ? truth.Reply(("ETag", "\"v2\"")) : null;
        var failure = await FailAsync<RemoteFileChangedException>(file, block: 1);
        Assert.Contains("replicas disagree", failure.Message, StringComparison.Ordinal);
        Assert.Equal("\"v2\"", failure.Current?.EntityTag);
        Assert.Equal(3, RangesAfter(4).Length);
        await _rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task D2_D5_a_file_that_has_changed_is_searched_for_once_only()
    {
        using IRemoteFile file = await OpenAsync();
        _lie = (_, truth, number) => number > 0 ? truth.Reply(("ETag", "\"v2\"")) : null;
        var failure = await FailAsync<RemoteFileChangedException>(file);
        Assert.DoesNotContain("replicas", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, RangesAfter(1).Length);

        await FailAsync<RemoteFileChangedException>(file);
        Assert.Single(RangesAfter(4));
        await _rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task D5_a_pinned_version_that_comes_back_is_searched_for_again()
    {
        using IRemoteFile file = await OpenAsync();
        _lie = (request, truth, _) => request.Number is 2 or 3 or 4 or 6 or 7 ? truth.Reply(("ETag", "\"v2\"")) : null;
        await FailAsync<RemoteFileChangedException>(file);
        await ReadBlockAsync(file, 0);
        await ReadBlockAsync(file, 1);
        Assert.Equal(7, RangesAfter(1).Length);
        await _rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Fact]
    public async Task D9_a_tag_for_each_range_is_a_change_and_told_as_what_it_is()
    {
        using IRemoteFile file = await OpenAsync();
        _lie = (_, truth, number) => number > 0 ? truth.Reply(("ETag", $"\"v1-{truth.Start}\"")) : null;
        await FailAsync<RemoteFileChangedException>(file);
        var failure = await FailAsync<RemoteFileChangedException>(file, block: 5);
        Assert.Contains("replicas disagree", failure.Message, StringComparison.Ordinal);
        Assert.Empty(file.GetCachedRanges());
        await _rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task D6_If_Match_is_left_out_where_the_right_tag_is_refused()
    {
        using IRemoteFile file = await OpenAsync();
        _lie = static (request, _, _) => request.Headers.ContainsKey("If-Match") ? LyingReply.Status(412) : null;
        await ReadBlockAsync(file, 0);
        await ReadBlockAsync(file, 1);
        using (IRemoteFile another = await OpenAsync())
            await ReadBlockAsync(another, 2);

        Assert.Equal(
            [false, true, false, false, false, false], _rig.Server.Requests.Select(static request => request.Headers.ContainsKey("If-Match")));
        Assert.Equal([RangeOf(0), RangeOf(0), RangeOf(1), "bytes=0-0", RangeOf(2)], RangesAfter(1));
    }

    [Fact]
    public async Task D6_what_comes_without_If_Match_is_checked_as_always()
    {
        using IRemoteFile file = await OpenAsync();
        _lie = static (request, truth, number) => number < 1 ? null
            : request.Headers.ContainsKey("If-Match") ? LyingReply.Status(412) : truth.Reply(("ETag", "\"v2\""));
        var failure = await FailAsync<RemoteFileChangedException>(file);
        Assert.Equal("\"v2\"", failure.Current?.EntityTag);
        Assert.Equal(4, RangesAfter(1).Length);
        await _rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task One_block_costs_no_more_than_its_retries_and_six_second_chances()
    {
        using IRemoteFile file = await OpenAsync();
        _lie = (_, truth, number) => number switch
        {
            1 => LyingReply.Status(503),
            2 => LyingReply.Status(412),
            3 => EndlessWhole("\"v1\""),
            4 => null,
            5 => (truth with { Start = 8 }).Reply(),
            6 or 7 => truth.Reply(("ETag", "\"v2\"")),
            8 => LyingReply.Status(503),
            _ => null,
        };
        await ReadBlockAsync(file, 3);
        Assert.Equal(1 + HostileRig.MaxRetries + 6, RangesAfter(1).Length);
        Assert.Equal("bytes=0-0", RangesAfter(1)[3]);
        await _rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Theory]
    [InlineData(412)]
    [InlineData(200)]
    [InlineData(206)]
    public async Task A_second_error_of_one_kind_ends_it_whatever_came_between(int status)
    {
        using IRemoteFile file = await OpenAsync();
        _lie = (request, truth, number) => number < 1 || request.Range == "bytes=0-0" ? null
            : number == (status == 200 ? 3 : 2) ? LyingReply.Status(503)
            : status switch
            {
                412 => LyingReply.Status(412),
                200 => EndlessWhole("\"v1\""),
                _ => (truth with { Start = 8 }).Reply(),
            };
        await FailAsync<HctefException>(file, block: 1);
        Assert.Equal(status == 200 ? 4 : 3, RangesAfter(1).Length);
    }

    private static LyingReply EndlessWhole(string tag) =>
        LyingReply.Head(200, ("ETag", tag), ("Content-Length", "100000"), ("Content-Type", "application/octet-stream")).Write("x").Stall();

    private static bool BypassesCaches(LyingRequest request) => request.Headers.GetValueOrDefault("Cache-Control") == "no-cache";

    private static string RangeOf(int block) => $"bytes={block * Block}-{((block + 1) * Block) - 1}";

    private string[] RangesAfter(int requests) => [.. _rig.Server.Requests.Skip(requests).Select(static request => request.Range!)];

    private async Task<IRemoteFile> OpenAsync()
    {
        IRemoteFile file = await _rig.OpenAsync(static options => options.PrefetchBytes = 0);
        _honest = _rig.Server.Requests.Count;
        return file;
    }

    private async Task ReadBlockAsync(IRemoteFile file, int block)
    {
        byte[] buffer = new byte[Block];
        Assert.Equal(Block, await file.ReadAsync(buffer, block * Block, sync: false));
        Assert.True(_file.Content.Matches(buffer, block * Block), "Wrong bytes.");
        _honest = _rig.Server.Requests.Count;
    }

    private async Task<T> FailAsync<T>(IRemoteFile file, int block = 0)
        where T : HctefException
    {
        HctefException failure = await Assert.ThrowsAnyAsync<HctefException>(
            () => file.ReadAsync(new byte[Block], block * Block, sync: false));
        return Assert.IsAssignableFrom<T>(failure);
    }
}
