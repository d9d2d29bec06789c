using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>What opening a file asks, byte by byte.</summary>
public sealed class OpeningTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Tail = 64 * 1024;
    private const int Suffix = Tail + Block - 1;
    private const int Mega = 1024 * 1024;
    private const long Large = 512L * Mega;

    private FileRig _rig = null!;

    public async Task InitializeAsync() => _rig = await FileRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData(Large, false)]
    [InlineData(Large, true)]
    [InlineData(Large - 1, false)]
    [InlineData(Large + 1, true)]
    [InlineData(Large + 8191, false)]
    [InlineData(Large + Block - 1, true)]
    public async Task Opening_and_reading_the_last_64_KiB_is_one_request(long length, bool sync)
    {
        ServedFile served = _rig.Server.Add("large.bin", length);
        var options = new RemoteFileOptions { PrefetchBytes = Tail };
        using IRemoteFile file = sync
            ? await OwnThread.RunAsync(() => _rig.Files.Open(served.Uri, options))
            : await _rig.Files.OpenAsync(served.Uri, options);

        await file.AssertReadsAsync(served, length - Tail, Tail, sync);
        Assert.Equal(1, _rig.Server.RequestCount);

        await _rig.WhenQuietAsync();
        Assert.Equal([$"bytes=-{Suffix}"], _rig.Ranges);
        Assert.Equal(Suffix, _rig.BytesSent);
    }

    [Fact]
    public async Task Of_the_default_1_MiB_the_last_64_KiB_come_first_and_the_rest_in_the_background()
    {
        ServedFile served = _rig.Server.Add("large.bin", Large);
        ResponseGate gate = served.HoldAt(Large - Suffix);
        using IRemoteFile file = await _rig.OpenAsync(served);
        await _rig.Server.WhenRequests(2).WaitAsync(FileRig.HangGuard);
        gate.Release();
        await _rig.WhenQuietAsync();

        Assert.Equal([$"bytes=-{Suffix}", $"bytes={Large - Mega}-{Large - Tail - 1}"], _rig.Ranges);
        Assert.Equal($"{Large - Mega}-{Large}", file.CachedText());

        await file.AssertReadsAsync(served, Large - Mega, Mega);
        Assert.Equal(2, _rig.Server.RequestCount);
    }

    [Theory]
    [InlineData(64 * 1024, 65_536)]
    [InlineData(Mega, Mega)]
    [InlineData(1, Block)]
    [InlineData(Block + 1, 2 * Block)]
    public async Task At_the_start_whole_blocks_are_asked_at_once(int prefetch, int asked)
    {
        ServedFile served = _rig.Server.Add("file.bin", 4 * Mega);
        using IRemoteFile file = await _rig.OpenAsync(served, options =>
        {
            options.PrefetchBytes = prefetch;
            options.PrefetchDirection = PrefetchDirection.Start;
        });
        await file.AssertReadsAsync(served, 0, prefetch);
        await _rig.WhenQuietAsync();

        Assert.Equal([$"bytes=0-{asked - 1}"], _rig.Ranges);
        Assert.Equal($"0-{asked}", file.CachedText());
    }

    [Fact]
    public async Task Without_prefetching_one_byte_tells_everything()
    {
        ServedFile served = _rig.Server.Add("file.bin", Large);
        using IRemoteFile file = await _rig.OpenColdAsync(served);
        RemoteFileInfo info = await file.GetInfoAsync();
        await _rig.WhenQuietAsync();

        Assert.Equal(["bytes=0-0"], _rig.Ranges);
        Assert.Equal(1, _rig.BytesSent);
        Assert.Equal(Large, info.Length);
        Assert.Equal(served.EntityTag, info.EntityTag);
        Assert.Equal(served.LastModified, info.LastModified);
        Assert.Equal("application/octet-stream", info.ContentType);
        Assert.Equal(RemoteFileConsistency.StrongEntityTag, info.Consistency);
        Assert.Empty(file.GetCachedRanges());
    }

    [Fact]
    public async Task Prefetching_more_than_the_file_from_its_start_is_one_request_for_all_of_it()
    {
        ServedFile served = _rig.Server.Add("file.bin", 100_000);
        using IRemoteFile file = await _rig.OpenAsync(served, options =>
        {
            options.PrefetchBytes = long.MaxValue;
            options.PrefetchDirection = PrefetchDirection.Start;
        });
        await file.AssertReadsAsync(served, 0, 100_000);
        await _rig.WhenQuietAsync();

        Assert.Equal(1, _rig.Server.RequestCount);
        Assert.Equal("0-100000", file.CachedText());
    }

    [Fact]
    public async Task Prefetching_more_than_the_file_from_its_end_asks_what_is_before_the_suffix()
    {
        const int length = 100_000;
        ServedFile served = _rig.Server.Add("file.bin", length);
        ResponseGate gate = served.HoldAt(length - Suffix);
        using IRemoteFile file = await _rig.OpenAsync(served, options => options.PrefetchBytes = long.MaxValue);
        await _rig.Server.WhenRequests(2).WaitAsync(FileRig.HangGuard);
        gate.Release();
        await _rig.WhenQuietAsync();

        // The suffix starts inside the second block, whose head may be all that is missing.
        Assert.Equal([$"bytes=-{Suffix}", $"bytes=0-{(2 * Block) - 1}"], _rig.Ranges);
        Assert.Equal($"0-{length}", file.CachedText());
        await file.AssertReadsAsync(served, 0, length);
        Assert.Equal(2, _rig.Server.RequestCount);
    }
}
