using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Opening again what is still cached, and which blocks it may find.</summary>
public sealed class ReopeningTests : IAsyncLifetime
{
    private const int Tail = 64 * 1024;
    private const int Length = 4 << 20;
    private const int Kept = 1 << 20;

    private FileRig _rig = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync();
        _served = _rig.Server.Add("file.bin", Length);
    }

    public async Task DisposeAsync()
    {
        await _rig.WhenQuietAsync();
        await _rig.DisposeAsync();
    }

    [Fact]
    public async Task Reopening_is_one_small_request_and_finds_the_blocks()
    {
        await OpenReadAndCloseAsync();
        using IRemoteFile file = await OpenAsync();
        await file.AssertReadsAsync(_served, 0, Kept);
        await file.AssertReadsAsync(_served, Length - Tail, Tail, sync: true);
        await _rig.WhenQuietAsync();

        Assert.Equal(["bytes=0-0"], _rig.Ranges);
        Assert.Equal(1, _rig.BytesSent);
        Assert.Equal(2, file.GetStatistics().Hits);
        Assert.Equal(0, file.GetStatistics().Misses);
    }

    [Fact]
    public async Task Opening_again_while_it_is_open_finds_the_blocks_too()
    {
        using IRemoteFile first = await OpenAsync();
        await first.AssertReadsAsync(_served, 0, Kept);
        await _rig.ForgetAsync();
        using IRemoteFile second = await OpenAsync();
        first.Dispose();
        await second.AssertReadsAsync(_served, 0, Kept);

        Assert.Equal(["bytes=0-0"], _rig.Ranges);
    }

    [Fact]
    public async Task A_strong_date_identifies_a_version_as_a_strong_tag_does()
    {
        _served.EntityTag = null;
        await OpenReadAndCloseAsync();
        using IRemoteFile file = await OpenAsync();
        await file.AssertReadsAsync(_served, 0, Kept);

        Assert.Equal(["bytes=0-0"], _rig.Ranges);
        Assert.Equal(RemoteFileConsistency.StrongDate, (await file.GetInfoAsync()).Consistency);
    }

    [Theory]
    [InlineData("W/\"weak\"")]
    [InlineData(null)]
    public async Task Without_a_strong_validator_nothing_is_reused(string? tag)
    {
        _served.EntityTag = tag;
        _served.LastModified = null;
        using IRemoteFile open = await OpenAsync();
        await OpenReadAndCloseAsync();
        using IRemoteFile file = await OpenAsync();

        Assert.Equal(RemoteFileConsistency.ThisOpenOnly, (await file.GetInfoAsync()).Consistency);
        Assert.StartsWith("bytes=-", _rig.Ranges[0], StringComparison.Ordinal);
        await file.AssertReadsAsync(_served, 0, Kept);
        Assert.Equal("bytes=0-1048575", _rig.Ranges[^1]);
    }

    [Fact]
    public async Task The_word_that_content_never_changes_stands_for_a_validator()
    {
        _served.EntityTag = null;
        _served.LastModified = null;
        await OpenReadAndCloseAsync(options => options.Immutable = true);
        using IRemoteFile file = await OpenAsync(options => options.Immutable = true);
        await file.AssertReadsAsync(_served, 0, Kept);

        Assert.Equal(["bytes=0-0"], _rig.Ranges);
    }

    [Fact]
    public async Task D8_a_changed_file_is_a_new_version_and_the_old_handle_keeps_its_own()
    {
        using IRemoteFile old = await OpenAsync();
        byte[] before = new byte[Kept];
        await old.ReadExactlyAsync(before, 0);
        _served.Update(version: 2, Length);
        await _rig.ForgetAsync();

        using IRemoteFile current = await OpenAsync();
        await current.AssertReadsAsync(_served, 0, Kept);
        await current.AssertReadsAsync(_served, Length - Tail, Tail);

        byte[] after = new byte[Kept];
        await old.ReadExactlyAsync(after, 0);
        Assert.Equal(before, after);
        Assert.False(_served.Matches(after, 0));
        RemoteFileChangedException failure = await Assert.ThrowsAsync<RemoteFileChangedException>(
            () => old.ReadAsync(new byte[10], 2 << 20, sync: false));
        Assert.Equal((await old.GetInfoAsync()).EntityTag, failure.Opened?.EntityTag);
        Assert.Contains(_rig.Server.Log, static request => request.Status == 412);
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => old.ReadAsync(new byte[10], 2 << 20, sync: true));
        await current.AssertReadsAsync(_served, 2 << 20, 10);
    }

    [Fact]
    public async Task A_shrunken_file_without_a_tag_fails_the_old_handle_by_its_length()
    {
        _served.EntityTag = null;
        using IRemoteFile old = await OpenAsync();
        _served.Update(version: 2, Length / 2);

        await Assert.ThrowsAsync<RemoteFileChangedException>(() => old.ReadAsync(new byte[10], 0, sync: false));
    }

    private Task<IRemoteFile> OpenAsync(Action<RemoteFileOptions>? configure = null) => _rig.OpenAsync(_served, options =>
    {
        options.PrefetchBytes = Tail;
        configure?.Invoke(options);
    });

    private async Task OpenReadAndCloseAsync(Action<RemoteFileOptions>? configure = null)
    {
        using (IRemoteFile file = await OpenAsync(configure))
            await file.AssertReadsAsync(_served, 0, Kept);
        await _rig.ForgetAsync();
    }
}
