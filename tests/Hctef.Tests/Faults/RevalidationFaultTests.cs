using Hctef.Tests.Files;
using Hctef.TestServer.Lying;

namespace Hctef.Tests.Faults;

/// <summary>Single replies that err while a file is asked whether it has changed, and servers that go on erring.</summary>
public sealed class RevalidationFaultTests
{
    private readonly HostileFile _file = new(100_000);

    [Theory]
    [InlineData("A2_whole_file", 3)]
    [InlineData("A22_stored_reply", 2)]
    [InlineData("D4_tag_gone", 2)]
    [InlineData("D5_other_replica", 2)]
    public async Task A2_A22_D4_D5_one_reply_that_errs_is_no_change(string fault, int requests)
    {
        await using HostileRig rig = new(_file.Answer);
        using IRemoteFile file = await rig.OpenAsync(static options => options.PrefetchBytes = 0);
        rig.Script = request => request.Number == 2 ? Err(fault, request) : _file.Answer(request);
        RemoteFileInfo info = await file.RevalidateAsync().AsTask().WaitAsync(FileRig.HangGuard);

        Assert.Equal(file.GetInfo(), info);
        Assert.Equal(1 + requests, rig.Server.Requests.Count);
        Assert.Equal(fault.StartsWith("A22", StringComparison.Ordinal), rig.Server.Requests[^1].Headers.ContainsKey("Cache-Control"));
        Assert.All(rig.Server.Requests, static request => Assert.False(request.Headers.ContainsKey("If-Match")));
        await rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Theory]
    [InlineData("A2_whole_file", typeof(RangeNotSupportedException))]
    [InlineData("A22_stored_reply", typeof(HctefNetworkException))]
    [InlineData("D4_tag_gone", typeof(RemoteFileChangedException))]
    [InlineData("D5_other_replica", typeof(RemoteFileChangedException))]
    public async Task A2_A22_D4_D5_replies_that_go_on_erring_are_refused(string fault, Type type)
    {
        await using HostileRig rig = new(_file.Answer);
        using IRemoteFile file = await rig.OpenAsync(static options => options.PrefetchBytes = 0);
        rig.Script = request => Err(fault, request);
        Exception? failure = await Record.ExceptionAsync(() => file.RevalidateAsync().AsTask().WaitAsync(FileRig.HangGuard));

        Assert.IsType(type, failure);
        Assert.InRange(rig.Server.Requests.Count, 3, 4);
        await rig.AssertCleanAsync(_file.Content, failure);
    }

    [Theory]
    [InlineData(RangeFallback.Throw)]
    [InlineData(RangeFallback.Download)]
    public async Task A2_a_file_whose_ranges_end_while_it_is_open_says_that_it_must_be_opened_again(RangeFallback fallback)
    {
        await using HostileRig rig = new(_file.Answer);
        using IRemoteFile file = await rig.OpenAsync(options => (options.PrefetchBytes, options.WhenRangesUnsupported) = (0, fallback));
        rig.Script = request => Err("A2_whole_file", request);
        RangeNotSupportedException failure = await Assert.ThrowsAsync<RangeNotSupportedException>(
            () => file.ReadAsync(new byte[100], 50_000, sync: false));

        Assert.Contains("RemoteFileOptions.WhenRangesUnsupported", failure.Message, StringComparison.Ordinal);
        await rig.AssertCleanAsync(_file.Content, failure);
    }

    private LyingReply Err(string fault, LyingRequest request) => fault switch
    {
        "A2_whole_file" => LyingReply.Whole(_file.Content.ToArray(0, (int)_file.Length), ("ETag", HostileFile.EntityTag)),
        "A22_stored_reply" => LyingReply.Partial(500, 500, _file.Length, _file.Content.ToArray(500, 1)),
        "D4_tag_gone" => _file.Of(request).Reply(("ETag", null)),
        _ => _file.Of(request).Reply(("ETag", "\"v2\"")),
    };
}
