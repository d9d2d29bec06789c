using System.Net;
using Hctef.Tests.Caching.Distributed;
using Hctef.Tests.Files;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Tiers;

/// <summary>What machines tell each other opens a file without a request only as long as nothing speaks against it.</summary>
public sealed class TrustedVersionTests : IAsyncLifetime
{
    private const int Length = 1_000_000;

    private readonly TestStore _store = new();
    private HonestServer _server = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync()
    {
        _server = await HonestServer.StartAsync();
        _served = _server.Add("data.bin", Length);
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task A_version_that_was_seen_to_be_gone_is_not_trusted_again()
    {
        await TellAsync();
        _served.Update(version: 2, Length);
        await using var second = new Machine(_store, Trust);
        await using (IRemoteFile stale = await second.OpenAsync(_served.Uri))
        {
            await Assert.ThrowsAsync<RemoteFileChangedException>(() => stale.AssertReadsAsync(_served, 0, 1000));
        }

        await AssertOpensAsync(second);
    }

    [Fact]
    public async Task A_version_that_a_revalidation_saw_to_be_gone_is_not_trusted_again()
    {
        await TellAsync();
        _served.Update(version: 2, Length);
        await using var second = new Machine(_store, Trust);
        await using (IRemoteFile stale = await second.OpenAsync(_served.Uri))
        {
            await Assert.ThrowsAsync<RemoteFileChangedException>(() => stale.RevalidateAsync().AsTask());
        }

        await AssertOpensAsync(second);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Gone)]
    public async Task A_file_that_was_refused_opens_by_the_origins_word(HttpStatusCode refusal)
    {
        await TellAsync();
        _served.StatusOverride = new StatusOverride((int)refusal);
        await using var second = new Machine(_store, Trust);
        await using (IRemoteFile refused = await second.OpenAsync(_served.Uri))
        {
            await Assert.ThrowsAsync<HctefNetworkException>(() => refused.AssertReadsAsync(_served, 0, 1000));
        }

        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => second.OpenAsync(_served.Uri));
        Assert.Equal(refusal, failure.StatusCode);

        _served.StatusOverride = null;
        await AssertOpensAsync(second);
    }

    [Fact]
    public async Task Another_version_than_the_expected_one_is_not_trusted()
    {
        await TellAsync();
        _served.Update(version: 2, Length);
        await using var second = new Machine(_store, Trust);
        await AssertOpensAsync(second, options => options.ExpectedEntityTag = _served.EntityTag);
    }

    [Fact]
    public async Task H6_no_cache_has_each_opening_ask()
    {
        _served.ExtraHeaders["Cache-Control"] = "no-cache";
        await TellAsync();
        await using var second = new Machine(_store, Trust);
        await AssertOpensAsync(second);
        Assert.Equal((int)HttpStatusCode.NotModified, _server.Log[0].Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_without_ranges_is_not_told(bool trust)
    {
        _served.SupportsRanges = false;
        await using (var first = new Machine(_store, trust ? Trust : null))
        {
            await AssertOpensAsync(first, Download);
        }

        LoseBytes();
        await using var second = new Machine(_store, trust ? Trust : null);
        await AssertOpensAsync(second, Download);

        static void Download(RemoteFileOptions options) => options.WhenRangesUnsupported = RangeFallback.Download;
    }

    private static void Trust(HctefOptions options) => options.Cache.Distributed.TrustSharedMetadataFor = TimeSpan.FromHours(1);

    /// <summary>A machine that is gone then opens the file, of whose bytes the store loses all.</summary>
    private async Task TellAsync()
    {
        await using (var first = new Machine(_store, Trust))
        {
            await using IRemoteFile file = await first.OpenAsync(_served.Uri);
        }

        LoseBytes();
        _server.ResetCounts();
    }

    private void LoseBytes() => Array.ForEach(_store.KeysOf('c'), key => _store.Values.TryRemove(key, out _));

    private async Task AssertOpensAsync(Machine machine, Action<RemoteFileOptions>? configure = null)
    {
        await using IRemoteFile file = await machine.OpenAsync(_served.Uri, configure);
        Assert.Equal(_served.EntityTag, file.GetInfo().EntityTag);
        await file.AssertReadsAsync(_served, 0, Length);
    }
}
