using System.Net;
using Hctef.Tests.Caching.Distributed;
using Hctef.Tests.Files;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Tiers;

/// <summary>What machines tell each other opens a file without a request only as long as nothing speaks against it.</summary>
public sealed class TrustedVersionTests() : OneFileTests("data.bin", Length)
{
    private const int Length = 1_000_000;

    private readonly TestStore _store = new();

    [Fact]
    public async Task A_version_that_was_seen_to_be_gone_is_not_trusted_again()
    {
        await TellAsync();
        Served.Update(version: 2, Length);
        await using var second = new Machine(_store, Trust);
        await using (IRemoteFile stale = await second.OpenAsync(Served.Uri))
        {
            await Assert.ThrowsAsync<RemoteFileChangedException>(() => stale.AssertReadsAsync(Served, 0, 1000));
        }

        await AssertOpensAsync(second);
    }

    [Fact]
    public async Task A_version_that_a_revalidation_saw_to_be_gone_is_not_trusted_again()
    {
        await TellAsync();
        Served.Update(version: 2, Length);
        await using var second = new Machine(_store, Trust);
        await using (IRemoteFile stale = await second.OpenAsync(Served.Uri))
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
        Served.StatusOverride = new StatusOverride((int)refusal);
        await using var second = new Machine(_store, Trust);
        await using (IRemoteFile refused = await second.OpenAsync(Served.Uri))
        {
            await Assert.ThrowsAsync<HctefNetworkException>(() => refused.AssertReadsAsync(Served, 0, 1000));
        }

        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => second.OpenAsync(Served.Uri));
        Assert.Equal(refusal, failure.StatusCode);

        Served.StatusOverride = null;
        await AssertOpensAsync(second);
    }

    [Fact]
    public async Task Another_version_than_the_expected_one_is_not_trusted()
    {
        await TellAsync();
        Served.Update(version: 2, Length);
        await using var second = new Machine(_store, Trust);
        await AssertOpensAsync(second, options => options.ExpectedEntityTag = Served.EntityTag);
    }

    [Fact]
    public async Task H6_no_cache_has_each_opening_ask()
    {
        Served.ExtraHeaders["Cache-Control"] = "no-cache";
        await TellAsync();
        await using var second = new Machine(_store, Trust);
        await AssertOpensAsync(second);
        Assert.True(
            Server.Log[0].Status == (int)HttpStatusCode.NotModified,
            $"Asked: {string.Join("; ", Server.Log.Select(static request => $"{request.ConnectionId} {request.Range} {request.Status}"))}. Told: {string.Join(' ', _store.Values.Keys.Select(static key => key[..9]))}.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_without_ranges_is_not_told(bool trust)
    {
        Served.SupportsRanges = false;
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
            await using IRemoteFile file = await first.OpenAsync(Served.Uri);
        }

        LoseBytes();
        Server.ResetCounts();
    }

    private void LoseBytes() => Array.ForEach(_store.KeysOf('c'), key => _store.Values.TryRemove(key, out _));

    private async Task AssertOpensAsync(Machine machine, Action<RemoteFileOptions>? configure = null)
    {
        await using IRemoteFile file = await machine.OpenAsync(Served.Uri, configure);
        Assert.Equal(Served.EntityTag, file.GetInfo().EntityTag);
        await file.AssertReadsAsync(Served, 0, Length);
    }
}
