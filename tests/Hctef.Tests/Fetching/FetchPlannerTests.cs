using Hctef.Caching;
using Hctef.Fetching;
using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>
/// Which ranges are asked. A file is drawn as a text, a character a block: '.' absent, 'r' ready, 'l' loading, 'p' partial (its last
/// 100 bytes are there). Blocks are of 512 bytes; the file's last block has 100.
/// </summary>
public sealed class FetchPlannerTests : IDisposable
{
    private const int B = 512;

    private readonly StubOrigin _origin = new((19 * B) + 100);

    private FetchRig? _rig;

    public void Dispose() => _rig?.Dispose();

    [Theory]
    // What is wanted, block by block; clipped to the file.
    [InlineData("....................", 0, 1, 1, "0-512")]
    [InlineData("....................", 511, 513, 1, "0-1024")]
    [InlineData("....................", 19 * B, (19 * B) + 1, 1, "9728-9828")]
    [InlineData("....................", 0, (19 * B) + 100, 1, "0-9828")]
    // Never what is there or on its way.
    [InlineData("..r.................", 0, 5 * B, 1, "0-1024 1536-2560")]
    [InlineData("..l.................", 0, 5 * B, 1, "0-1024 1536-2560")]
    [InlineData("rlrl................", 0, 4 * B, 1, "")]
    // Growth: right first, then left, up to what is there or on its way.
    [InlineData("....................", 5 * B, 5 * B + 1, 4 * B, "2560-4608")]
    [InlineData("....................", 5 * B, 5 * B + 1, 3 * B + 1, "2560-4608")]
    [InlineData("......r.............", 5 * B, 5 * B + 1, 4 * B, "1024-3072")]
    [InlineData("......l.............", 5 * B, 5 * B + 1, 4 * B, "1024-3072")]
    [InlineData("...r...l............", 5 * B, 5 * B + 1, 8 * B, "2048-3584")]
    [InlineData("....................", 19 * B, 19 * B + 1, 3 * B, "8704-9828")]
    [InlineData("....................", 0, 1, 100 * B, "0-9828")]
    // A partial block: only its head is asked, unless more behind it is.
    [InlineData("....p...............", 4 * B, 5 * B, 1, "2048-2460")]
    [InlineData("....p...............", 3 * B, 5 * B, 1, "1536-2460")]
    [InlineData("....p...............", 4 * B, 6 * B, 1, "2048-3072")]
    [InlineData("....p...............", 3 * B, 3 * B + 1, 2 * B, "1536-2460")]
    [InlineData("....pr..............", 4 * B, 5 * B, 3 * B, "1024-2460")]
    [InlineData("....pr..............", 4 * B, 7 * B, 1, "2048-2460 3072-3584")]
    public async Task Ranges_asked(string file, long start, long end, int minimum, string asked)
    {
        RangeSource source = await CreateAsync(file, minimum, spare: 40);

        (bool all, List<BlockFetch> fetches) = Claim(source, start, end);

        Assert.True(all);
        Assert.Equal(asked, Describe(fetches));
        await EndAsync(source, fetches);
    }

    [Theory]
    // Memory for so many blocks beside what is drawn, of which ready blocks give way and loading ones do not.
    [InlineData("....................", 0, 4 * B, 1, 3, false, "0-1536")]
    [InlineData("....................", 0, 4 * B, 1, 0, false, "")]
    [InlineData("....................", 0, B, 4 * B, 2, true, "0-1024")]
    [InlineData("....................", 0, B, 4 * B, 1, true, "0-512")]
    [InlineData(".....r..............", 4 * B, 5 * B, 3 * B, 1, true, "2048-2560")]
    [InlineData("rr..................", 4 * B, 8 * B, 1, 1, false, "2048-3584")]
    [InlineData("ll..................", 4 * B, 8 * B, 1, 1, false, "2048-2560")]
    [InlineData("..l.................", 0, 5 * B, 1, 2, false, "0-1024")]
    [InlineData("....p...............", 3 * B, 6 * B, 1, 0, false, "1536-2048")]
    public async Task Ranges_asked_when_memory_is_short(
        string file, long start, long end, int minimum, int spare, bool complete, string asked)
    {
        RangeSource source = await CreateAsync(file, minimum, spare);

        (bool all, List<BlockFetch> fetches) = Claim(source, start, end);

        Assert.Equal(complete, all);
        Assert.Equal(asked, Describe(fetches));
        await EndAsync(source, fetches);
    }

    [Theory]
    [InlineData("....................", 0, 20, 5, "0-2560")]
    [InlineData("..r.................", 0, 20, 5, "0-1024 1536-3072")]
    [InlineData("..r.................", 0, 2, 2, "0-1024")]
    public async Task No_more_blocks_are_claimed_than_allowed(string file, int first, int end, int most, string asked)
    {
        RangeSource source = await CreateAsync(file, 1, spare: 40);
        List<BlockFetch> fetches = [];
        lock (source.Cache.Gate)
        {
            Assert.Equal(end - first <= most, FetchPlanner.Claim_NeedsLock(
                source, first * B, Math.Min(end * B, source.Length), most, FetchPriority.Demand, fetches));
        }

        Assert.Equal(asked, Describe(fetches));
        await EndAsync(source, fetches);
    }

    [Theory]
    [InlineData("....................", 100, 2000, 2000)]
    [InlineData("...r................", 100, 5000, 3 * B)]
    [InlineData("...l................", 100, 5000, 3 * B)]
    [InlineData("...p................", 100, 1800, 1800)]
    [InlineData("....................", 9800, 9828, 9828)]
    public async Task The_end_of_what_is_absent(string file, long offset, long end, long expected)
    {
        RangeSource source = await CreateAsync(file, 1, spare: 40);

        Assert.Equal(expected, FetchPlanner.EndOfAbsent(source, offset, end));
    }

    private static string Describe(IEnumerable<BlockFetch> fetches) =>
        string.Join(' ', fetches.Select(static fetch => $"{fetch.Start}-{fetch.Start + fetch.BytesToAsk}"));

    private static (bool All, List<BlockFetch> Fetches) Claim(RangeSource source, long start, long end)
    {
        List<BlockFetch> fetches = [];
        lock (source.Cache.Gate)
        {
            return (FetchPlanner.Claim_NeedsLock(source, start, end, int.MaxValue, FetchPriority.Demand, fetches), fetches);
        }
    }

    private async Task<RangeSource> CreateAsync(string blocks, int minimum, int spare)
    {
        int used = blocks.Count(static block => block != '.');
        _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(used + spare, B));
        RemoteFile file = await _rig.OpenAsync(minimumRequestBytes: minimum);
        _origin.Forget();
        BlockCache cache = _rig.Cache;
        lock (cache.Gate)
        {
            for (int block = 0; block < blocks.Length; block++)
            {
                Draw(cache, file.Source.Map, block, blocks[block]);
            }
        }

        // What is not spare is taken for good.
        int[] rest = new int[cache.Capacity - used - spare];
        lock (cache.Gate)
        {
            Assert.Equal(rest.Length, cache.Reserve_NeedsLock(rest));
        }

        return file.Source;
    }

    private static void Draw(BlockCache cache, BlockMap map, long block, char state)
    {
        if (state == '.')
        {
            return;
        }

        int[] slot = new int[1];
        Assert.Equal(1, cache.Reserve_NeedsLock(slot));
        if (state == 'p')
        {
            Assert.True(cache.TryAdmitPartial(map, block, slot[0], B - 100));
            return;
        }

        cache.Claim_NeedsLock(map, block, slot[0], cache.AddLoad_NeedsLock(new OtherLoad()));
        if (state == 'r')
        {
            cache.Publish(slot[0]);
            cache.Admit(slot);
        }
    }

    private async Task EndAsync(RangeSource source, List<BlockFetch> fetches)
    {
        fetches.ForEach(static fetch => fetch.StartTransfer());
        await FetchRig.Eventually(() => fetches.TrueForAll(static fetch => fetch.State == FetchState.Closed), "the fetches");
        foreach (BlockFetch fetch in fetches)
        {
            byte[] bytes = new byte[fetch.End - fetch.Start];
            long visited = -1;
            Assert.Equal(bytes.Length, source.Cache.Copy(source.Map, fetch.Start, bytes, ref visited, out _));
            Assert.True(_origin.Content.Matches(bytes.AsSpan(0, (int)fetch.BytesToAsk), fetch.Start));
        }
    }

    private sealed class OtherLoad : IBlockLoad
    {
        public long End => long.MaxValue;
    }
}
