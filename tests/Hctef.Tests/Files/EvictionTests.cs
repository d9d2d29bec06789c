using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Files;

/// <summary><see cref="IRangeReaderFactory.EvictAsync"/>, as the server sees it: what was dropped is asked again, and nothing else.</summary>
public sealed class EvictionTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Length = 8 * Block;

    private FileRig _rig = null!;
    private ServedFile _served = null!;
    private ServedFile _other = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(
            static options => (options.FileDefaults.PrefetchBytes, options.Cache.MemoryBytes) = (0, 4 << 20),
            register: static (builder, server) =>
            {
                builder.AddRemoteFile("named", new Uri(server.BaseUri, "named.bin?sig=1#part"), file => file.CacheKey = "name");
                builder.Services.AddKeyedHctef("other", options => options.FileDefaults.PrefetchBytes = 0);
            });
        _served = _rig.Server.Add("file.bin", Length);
        _other = _rig.Server.Add("other.bin", Length);
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task What_was_kept_of_a_closed_file_is_asked_again()
    {
        await ReadAllAsync(_served);
        await ReadAllAsync(_other);
        await _rig.ForgetAsync();

        await EvictAsync(_served.Uri);
        Assert.Equal(Length, _rig.Engine.CacheUsage);
        await ReadAllAsync(_other);
        Assert.Equal(["bytes=0-0"], _rig.Ranges);
        await ReadAllAsync(_served);
        Assert.Equal(["bytes=0-0", "bytes=0-0", $"bytes=0-{Length - 1}"], _rig.Ranges);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_open_file_goes_on_reading_and_shares_with_nobody_who_opens_it_later(bool sync)
    {
        using IRemoteFile file = await _rig.OpenAsync(_served);
        await file.AssertReadsAsync(_served, 0, Length, sync);
        await _rig.ForgetAsync();

        await EvictAsync(_served.Uri);
        Assert.Empty(file.GetCachedRanges());
        await file.AssertReadsAsync(_served, Block, Block, sync);
        await file.AssertReadsAsync(_served, Block, Block, sync);
        Assert.Equal([$"bytes={Block}-{(2 * Block) - 1}"], _rig.Ranges);
        using IRemoteFile later = await _rig.OpenAsync(_served);
        Assert.Empty(later.GetCachedRanges());
        await later.AssertReadsAsync(_served, Block, Block, sync);
        Assert.Equal(3, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task What_only_one_open_file_has_is_dropped_too()
    {
        _served.EntityTag = "W/\"weak\"";
        _served.LastModified = null;
        using IRemoteFile file = await _rig.OpenAsync(_served);
        await file.AssertReadsAsync(_served, 0, Length);
        Assert.NotEmpty(file.GetCachedRanges());

        await EvictAsync(_served.Uri);
        Assert.Empty(file.GetCachedRanges());
        await file.AssertReadsAsync(_served, 0, Length);
    }

    [Fact]
    public async Task All_partitions_of_a_file_are_dropped()
    {
        using IRemoteFile red = await _rig.OpenAsync(_served, options => options.Partition = "red");
        using IRemoteFile blue = await _rig.OpenAsync(_served, options => options.Partition = "blue");
        await red.AssertReadsAsync(_served, 0, Block);
        await blue.AssertReadsAsync(_served, 0, Block);

        await EvictAsync(_served.Uri);
        Assert.Empty(red.GetCachedRanges());
        Assert.Empty(blue.GetCachedRanges());
        Assert.Equal(0, _rig.Engine.CacheUsage);
    }

    [Theory]
    [InlineData("key", "key", true)]
    [InlineData("key", "another", false)]
    [InlineData("key", null, false)]
    [InlineData(null, "key", false)]
    public async Task A_file_is_named_as_it_was_opened(string? opened, string? evicted, bool isDropped)
    {
        using IRemoteFile file = await _rig.OpenAsync(_served, options => options.CacheKey = opened);
        await file.AssertReadsAsync(_served, 0, Block);

        await EvictAsync(_served.Uri, new RemoteFileOptions { CacheKey = evicted });
        Assert.Equal(isDropped, file.GetCachedRanges().Count == 0);
    }

    [Fact]
    public async Task A_registered_file_is_dropped_by_its_URL_whatever_its_key_and_fragment()
    {
        ServedFile served = _rig.Server.Add("named.bin", Length);
        IRemoteFile file = _rig.Files.GetFile("named");
        await file.AssertReadsAsync(served, 0, Block);

        await EvictAsync(new Uri(served.Uri + "?sig=2"));
        Assert.NotEmpty(file.GetCachedRanges());
        await EvictAsync(new Uri(served.Uri + "?sig=1#another"));
        Assert.Empty(file.GetCachedRanges());
        await file.AssertReadsAsync(served, 0, Block);
    }

    [Fact]
    public async Task Registrations_are_apart()
    {
        IRangeReaderFactory others = _rig.Services.GetRequiredKeyedService<IRangeReaderFactory>("other");
        using IRemoteFile file = await _rig.OpenAsync(_served);
        using IRemoteFile apart = await others.OpenAsync(_served.Uri).WaitAsync(FileRig.HangGuard);
        await file.AssertReadsAsync(_served, 0, Block);
        await apart.AssertReadsAsync(_served, 0, Block);

        await others.EvictAsync(_served.Uri).WaitAsync(FileRig.HangGuard);
        Assert.Empty(apart.GetCachedRanges());
        Assert.NotEmpty(file.GetCachedRanges());
    }

    [Fact]
    public async Task A_file_that_was_downloaded_whole_stays_until_it_is_closed()
    {
        _served.SupportsRanges = false;
        using (IRemoteFile file = await OpenWholeAsync())
        {
            await file.AssertReadsAsync(_served, 0, Length);
            await EvictAsync(_served.Uri);
            await file.AssertReadsAsync(_served, 0, Length);
            Assert.Equal(1, _rig.Server.RequestCount);
        }

        Assert.Equal(0, _rig.Engine.CacheUsage);
        using IRemoteFile again = await OpenWholeAsync();
        await again.AssertReadsAsync(_served, 0, Length);
        Assert.Equal(2, _rig.Server.RequestCount);

        Task<IRemoteFile> OpenWholeAsync() => _rig.OpenAsync(_served, options => options.WhenRangesUnsupported = RangeFallback.Download);
    }

    [Fact]
    public async Task What_is_on_its_way_reaches_its_reader_and_no_later_opening()
    {
        using IRemoteFile file = await _rig.OpenAsync(_served);
        await _rig.ForgetAsync();
        ResponseGate gate = _served.HoldAt(2 * Block);
        Task reading = file.AssertReadsAsync(_served, 0, 4 * Block);
        await gate.Reached.WaitAsync(FileRig.HangGuard);

        await EvictAsync(_served.Uri);
        gate.Release();
        await reading;
        using IRemoteFile later = await _rig.OpenAsync(_served);
        Assert.Empty(later.GetCachedRanges());
    }

    [Fact]
    public async Task Arguments_are_checked()
    {
        await Assert.ThrowsAsync<ArgumentNullException>("uri", () => EvictAsync(null!));
        await Assert.ThrowsAsync<HctefUrlException>(() => EvictAsync(new Uri("a?canary", UriKind.Relative)));
        await Assert.ThrowsAsync<HctefUrlException>(() => EvictAsync(new Uri("ftp://example.com/")));
        await Assert.ThrowsAsync<ArgumentException>("options", () => EvictAsync(_served.Uri, new RemoteFileOptions { CacheKey = " " }));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _rig.Files.EvictAsync(_served.Uri, cancellationToken: new CancellationToken(canceled: true)));
        await EvictAsync(new Uri("https://example.com/never-opened"));
        Assert.Equal(0, _rig.Server.RequestCount);
    }

    [Fact]
    public async Task After_the_container_was_disposed_it_throws()
    {
        IRangeReaderFactory files = _rig.Files;
        await _rig.Services.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => files.EvictAsync(_served.Uri));
    }

    private Task EvictAsync(Uri uri, RemoteFileOptions? options = null) =>
        _rig.Files.EvictAsync(uri, options).WaitAsync(FileRig.HangGuard);

    private async Task ReadAllAsync(ServedFile served)
    {
        using IRemoteFile file = await _rig.OpenAsync(served);
        await file.AssertReadsAsync(served, 0, Length);
    }
}
