using Hctef.Caching.Tiers;
using Hctef.Fetching;
using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>The file that memory evicts blocks of is evicted from all tiers, while the blocks are on their way to one.</summary>
public sealed class EvictedVictimTests : IDisposable
{
    private const int B = FetchRig.BlockBytes;
    private const int Blocks = 8;

    private static readonly Uri Other = new("http://stub.test/other");

    private readonly FakeTier _tier = new(B) { PrefersCalm = true };
    private readonly StubOrigin _origin = new(64 * B);
    private readonly FetchRig _rig;

    public EvictedVictimTests()
    {
        _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(Blocks), new ManualTimeProvider(), tiers: [_tier]);
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Victims_of_a_closed_file_reach_a_tier()
    {
        await ReadAndCloseAsync();
        BlockFetch fetch = await FetchOtherAsync();
        await OpenManyAsync();

        await RunAsync(fetch);

        Assert.Equal(Blocks * B, _tier.Offers.Sum(static offer => offer.End - offer.Start));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Victims_of_a_file_that_was_evicted_do_not_reach_a_tier(bool isForgottenBefore)
    {
        await ReadAndCloseAsync();
        BlockFetch fetch = await FetchOtherAsync();
        if (isForgottenBefore)
        {
            await OpenManyAsync();
        }

        await _rig.Engine.EvictAsync(["http://stub.test/file"], CancellationToken.None);
        await RunAsync(fetch);

        Assert.Empty(_tier.Offers);
    }

    [Fact]
    public async Task A_version_that_is_forgotten_is_closed_to_tiers()
    {
        RemoteFile file = await _rig.OpenAsync();
        VersionTiers tiers = file.Source.Tiers!;
        file.Dispose();
        Assert.False(tiers.IsClosed);

        await OpenManyAsync();

        Assert.True(tiers.IsClosed);
    }

    private async Task ReadAndCloseAsync()
    {
        using RemoteFile file = await _rig.OpenAsync();
        for (int block = 0; block < Blocks; block++)
        {
            Assert.Equal(B, await file.ReadAsync(new byte[B], block * B).AsTask().WaitAsync(FetchRig.HangGuard));
        }

        Assert.Empty(_tier.Offers);
    }

    /// <summary>A fetch of another file that all of memory was taken for, and that has not started.</summary>
    private async Task<BlockFetch> FetchOtherAsync()
    {
        _tier.KeepsNone = true;
        RemoteFile other = await _rig.OpenAsync(Other);
        int[] slots = new int[Blocks];
        lock (_rig.Cache.Gate)
        {
            Assert.Equal(Blocks, _rig.Cache.Reserve_NeedsLock(slots));
            return BlockFetch.Create_NeedsLock(other.Source, 0, slots, long.MaxValue, FetchPriority.Demand);
        }
    }

    /// <summary>As many that versions without blocks are forgotten.</summary>
    private async Task OpenManyAsync()
    {
        for (int i = 0; i < 70; i++)
        {
            using RemoteFile file = await _rig.OpenAsync(new Uri($"http://stub.test/{i}"));
        }
    }

    private static async Task RunAsync(BlockFetch fetch)
    {
        fetch.StartTransfer();
        await FetchRig.Eventually(() => fetch.State == FetchState.Closed, "the fetch to close");
        fetch.LoseInterest(satisfied: true);
    }
}
