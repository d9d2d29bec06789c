using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Files;

/// <summary>Who shares blocks and fetches with whom, and who never does.</summary>
public sealed class SharingTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Length = 1 << 20;

    private FileRig _rig = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(register: static (builder, _) => builder.Services.AddKeyedHctef("other"));
        _served = _rig.Server.Add("file.bin", Length);
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData("tenant a", "tenant a", true)]
    [InlineData("tenant a", "tenant b", false)]
    [InlineData("tenant a", null, false)]
    [InlineData(null, "tenant a", false)]
    public async Task Partitions_share_with_themselves_alone(string? first, string? second, bool shared)
    {
        Assert.Equal(shared, await IsSharedAsync(options => options.Partition = first, options => options.Partition = second));
    }

    [Theory]
    [InlineData("Bearer a", "Bearer a", true)]
    [InlineData("Bearer a", "Bearer b", false)]
    [InlineData("Bearer a", null, false)]
    [InlineData(null, "Bearer a", false)]
    public async Task Credentials_share_with_themselves_alone(string? first, string? second, bool shared)
    {
        Assert.Equal(shared, await IsSharedAsync(options => Authorize(options, first), options => Authorize(options, second)));

        static void Authorize(RemoteFileOptions options, string? credentials)
        {
            if (credentials is not null)
                options.Headers["Authorization"] = credentials;
        }
    }

    [Theory]
    [InlineData("tenant", true)]
    [InlineData(null, false)]
    public async Task H9_credentials_that_are_renewed_share_under_a_name_alone(string? partition, bool shared)
    {
        Assert.Equal(shared, await IsSharedAsync(Refresh, Refresh));

        void Refresh(RemoteFileOptions options)
        {
            options.Partition = partition;
            options.Refresh = (_, _) => ValueTask.FromResult(new RefreshResult());
        }
    }

    [Fact]
    public async Task A_named_partition_takes_the_place_of_the_credentials()
    {
        Assert.True(await IsSharedAsync(
            options =>
            {
                options.Partition = "tenant";
                options.Headers["Authorization"] = "Bearer renewed every hour";
            },
            options =>
            {
                options.Partition = "tenant";
                options.Headers["Authorization"] = "Bearer renewed again";
            }));
    }

    [Fact]
    public async Task A_partition_cannot_be_named_like_the_absence_of_credentials()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => IsSharedAsync(_ => { }, options => options.Partition = ""));
        Assert.False(await IsSharedAsync(_ => { }, options => options.Partition = "credentials "));
    }

    [Theory]
    [InlineData("key", true)]
    [InlineData(null, false)]
    public async Task A_cache_key_joins_two_URLs(string? key, bool shared)
    {
        using IRemoteFile first = await OpenColdAsync(new Uri(_served.Uri + "?signature=1"));
        await first.AssertReadsAsync(_served, 0, Block);
        await _rig.ForgetAsync();
        using IRemoteFile second = await OpenColdAsync(new Uri(_served.Uri + "?signature=2"));
        await second.AssertReadsAsync(_served, 0, Block);

        string[] expected = shared ? ["bytes=0-0"] : ["bytes=0-0", $"bytes=0-{Block - 1}"];
        Assert.Equal(expected, _rig.Ranges);

        Task<IRemoteFile> OpenColdAsync(Uri uri) => _rig.OpenAsync(uri, options =>
        {
            options.PrefetchBytes = 0;
            options.CacheKey = key;
        });
    }

    [Fact]
    public async Task The_fragment_is_no_part_of_the_key()
    {
        using IRemoteFile first = await _rig.OpenAsync(new Uri(_served.Uri + "#one"), options => options.PrefetchBytes = 0);
        using IRemoteFile second = await _rig.OpenAsync(new Uri(_served.Uri + "#two"), options => options.PrefetchBytes = 0);
        await first.AssertReadsAsync(_served, 0, Block);
        await second.AssertReadsAsync(_served, 0, Block);

        Assert.Equal(["bytes=0-0", "bytes=0-0", $"bytes=0-{Block - 1}"], _rig.Ranges);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_files_of_one_identity_share_one_fetch(bool sync)
    {
        using IRemoteFile first = await _rig.OpenColdAsync(_served);
        using IRemoteFile second = await _rig.OpenColdAsync(_served);
        await _rig.ForgetAsync();
        ResponseGate gate = _served.HoldAt(0);
        Task one = first.AssertReadsAsync(_served, 0, 4 * Block);
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        Task two = second.AssertReadsAsync(_served, Block, 4 * Block, sync);
        await _rig.Server.WhenRequests(2).WaitAsync(FileRig.HangGuard);
        gate.Release();
        await one;
        await two;

        Assert.Equal([$"bytes=0-{(4 * Block) - 1}", $"bytes={4 * Block}-{(5 * Block) - 1}"], _rig.Ranges);
        Assert.Equal(1, first.GetStatistics().Requests - 1);
        Assert.Equal(4 * Block, first.GetStatistics().BytesFetched - 1);
        Assert.Equal(1, second.GetStatistics().Requests - 1);
        Assert.Equal(Block, second.GetStatistics().BytesFetched - 1);
    }

    [Fact]
    public async Task L5_closing_one_of_two_files_leaves_the_other_its_fetch()
    {
        using IRemoteFile first = await _rig.OpenColdAsync(_served);
        using IRemoteFile second = await _rig.OpenColdAsync(_served);
        await _rig.ForgetAsync();
        ResponseGate gate = _served.HoldAt(0);
        Task one = first.ReadAsync(new byte[Length], 0, sync: false);
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        Task two = second.AssertReadsAsync(_served, Length - Block, Block);
        first.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => one);
        gate.Release();
        await two;

        Assert.Equal([$"bytes=0-{Length - 1}"], _rig.Ranges);
    }

    [Fact]
    public async Task Registrations_side_by_side_share_nothing()
    {
        IRangeReaderFactory other = _rig.Services.GetRequiredKeyedService<IRangeReaderFactory>("other");
        using IRemoteFile first = await _rig.OpenAsync(_served);
        await first.AssertReadsAsync(_served, 0, Length);
        await _rig.ForgetAsync();
        using IRemoteFile second = await other.OpenAsync(_served.Uri);
        await second.AssertReadsAsync(_served, 0, Length);

        Assert.StartsWith("bytes=-", _rig.Ranges[0], StringComparison.Ordinal);
        Assert.InRange(_rig.BytesSent, Length, Length + Block);
    }

    /// <summary>Whether what one opening has cached is found by another.</summary>
    private async Task<bool> IsSharedAsync(Action<RemoteFileOptions> first, Action<RemoteFileOptions> second)
    {
        using IRemoteFile one = await _rig.OpenAsync(_served, options => Cold(options, first));
        await one.AssertReadsAsync(_served, 0, Block);
        using IRemoteFile two = await _rig.OpenAsync(_served, options => Cold(options, second));
        await _rig.ForgetAsync();
        bool cached = two.GetCachedRanges().Count > 0;
        await two.AssertReadsAsync(_served, 0, Block);
        Assert.Equal(cached ? 0 : 1, _rig.Server.RequestCount);
        return cached;

        static void Cold(RemoteFileOptions options, Action<RemoteFileOptions> configure)
        {
            options.PrefetchBytes = 0;
            configure(options);
        }
    }
}
