using Hctef.Files;
using Hctef.Tests.Fetching;

namespace Hctef.Tests.Files;

/// <summary>Evicting where there are tiers below the memory: they forget the file, and get nothing of what was open back.</summary>
public sealed class TierEvictionTests : IDisposable
{
    private const int Block = FetchRig.BlockBytes;
    private const int Length = 32 * Block;
    private const string Key = "http://stub.test/file";

    private readonly StubOrigin _origin = new(Length);
    private readonly FakeTier _fast = new(Block);
    private readonly FakeTier _slow = new(Block);
    private readonly FetchRig _rig;

    public TierEvictionTests() => _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(blocks: 512), tiers: [_fast, _slow]);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task All_tiers_forget_the_file_the_slowest_first()
    {
        List<string> order = [];
        _fast.OnEvicting = () => Note("fast");
        _slow.OnEvicting = () => Note("slow");

        await EvictAsync(Key, "another");

        Assert.Equal([Key, "another"], _fast.Evicted);
        Assert.Equal([Key, "another"], _slow.Evicted);
        Assert.Equal(["slow", "fast", "slow", "fast"], order);

        Task Note(string tier)
        {
            order.Add(tier);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task What_an_open_file_brings_afterwards_goes_to_no_tier_and_what_a_later_one_brings_does()
    {
        using RemoteFile file = await _rig.OpenAsync();
        await EvictAsync(Key);
        await ReadAsync(file, 0, 2 * Block);
        Assert.Empty(_fast.Offers);
        Assert.Empty(_slow.Offers);

        using RemoteFile later = await _rig.OpenAsync();
        await ReadAsync(later, 0, Block);
        Assert.NotEmpty(_fast.Offers);
        Assert.NotEmpty(_slow.Offers);
    }

    [Fact]
    public async Task What_is_on_its_way_goes_to_no_tier()
    {
        using RemoteFile file = await _rig.OpenHeldAsync(_origin);
        byte[] buffer = new byte[2 * Block];
        Task<int> read = file.ReadAsync(buffer, 0).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        await EvictAsync(Key);
        reply.Body.ReleaseAll();

        Assert.Equal(buffer.Length, await read.WaitAsync(FetchRig.HangGuard));
        Assert.True(_origin.Content.Matches(buffer, 0));
        Assert.Empty(_fast.Offers);
        Assert.Empty(_slow.Offers);
        await _rig.CheckSettledAsync(file);
    }

    [Fact]
    public async Task A_version_that_is_opened_while_tiers_forget_is_found_by_nobody_afterwards()
    {
        RemoteFile? meanwhile = null;
        _fast.OnEvicting = async () =>
        {
            meanwhile = await _rig.OpenAsync();
            await ReadAsync(meanwhile, 0, Block);
        };
        await EvictAsync(Key);

        Assert.Empty(meanwhile!.GetCachedRanges());
        await ReadAsync(meanwhile, 0, Block);
        using RemoteFile later = await _rig.OpenAsync();
        Assert.Empty(later.GetCachedRanges());
        meanwhile.Dispose();
    }

    [Fact]
    public async Task A_cancelled_token_leaves_all_as_it_is()
    {
        using RemoteFile file = await _rig.OpenAsync();
        await ReadAsync(file, 0, Block);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _rig.Engine.EvictAsync([Key], new CancellationToken(canceled: true)));
        Assert.NotEmpty(file.GetCachedRanges());
        Assert.Empty(_fast.Evicted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_engine_disposes_its_tiers_once(bool asynchronously)
    {
        for (int i = 0; i < 2; i++)
        {
            if (asynchronously)
                await _rig.Engine.DisposeAsync();
            else
                _rig.Engine.Dispose();
        }

        Assert.Equal((1, 1), (_fast.Disposals, _slow.Disposals));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _rig.Engine.EvictAsync([Key], CancellationToken.None));
    }

    [Fact]
    [Trait("Category", "Soak")]
    public async Task Readers_beside_evictions_get_the_right_bytes_and_leave_the_cache_whole()
    {
        const int Readers = 4;
        const int Rounds = 200;
        RemoteFile[] files = await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => _rig.OpenAsync()));
        using var done = new CancellationTokenSource();
        Task evicting = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await EvictAsync(Key);
                await Task.Yield();
            }
        });

        await Task.WhenAll(files.Select((file, number) => Task.Run(async () =>
        {
            var random = new Random(number);
            for (int i = 0; i < Rounds; i++)
                await ReadAsync(file, random.Next(Length - (3 * Block)), random.Next(1, 3 * Block));
        })));
        await done.CancelAsync();
        await evicting.WaitAsync(FetchRig.HangGuard);

        await _rig.CheckSettledAsync(files);
        foreach (RemoteFile file in files)
            file.Dispose();
        await FetchRig.Eventually(() => _rig.Engine.CacheUsage == 0, "the memory to be given back");
    }

    private Task EvictAsync(params string[] keys) => _rig.Engine.EvictAsync(keys, CancellationToken.None).WaitAsync(FetchRig.HangGuard);

    private async Task ReadAsync(RemoteFile file, long offset, int count)
    {
        byte[] buffer = new byte[count];
        Assert.Equal(count, await file.ReadAsync(buffer, offset).AsTask().WaitAsync(FetchRig.HangGuard));
        Assert.True(_origin.Content.Matches(buffer, offset));
    }
}
