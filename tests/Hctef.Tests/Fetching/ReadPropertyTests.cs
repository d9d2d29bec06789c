using System.Collections.Concurrent;
using System.Globalization;
using Hctef.Caching;
using Hctef.Caching.Tiers;

namespace Hctef.Tests.Fetching;

/// <summary>
/// Everything at once, at random: readers of all kinds over a tiny cache and a server that fails. No byte is wrong, no read hangs, and in
/// the end every slot, permit and load number is where it belongs. HCTEF_SOAK multiplies the operations.
/// </summary>
[Trait("Category", "Soak")]
public sealed class ReadPropertyTests
{
    private const int Readers = 6;
    private const int OperationsPerReader = 700;

    /// <summary>Thousands of reads take a while on a machine that has other work.</summary>
    private const int Patience = 10;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public Task Reads_bring_the_right_bytes(int seed) => RunAsync(seed);

    [Fact]
    public async Task Reads_bring_the_right_bytes_for_any_seed()
    {
        int seed = Random.Shared.Next();
        Exception? failure = await Record.ExceptionAsync(() => RunAsync(seed));
        Assert.True(failure is null, $"Seed {seed}: {failure}");
    }

    [Theory]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(203)]
    [InlineData(204)]
    public Task Reads_bring_the_right_bytes_over_tiers_that_come_and_go(int seed) => RunAsync(seed, withTiers: true);

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    public Task Reads_bring_the_right_bytes_while_files_are_evicted(int seed) => RunAsync(seed, withTiers: true, evicts: true);

    [Fact]
    public async Task Tails_are_taken_over_on_the_way()
    {
        long takeOvers = 0;
        for (int seed = 100; seed < 104; seed++)
        {
            takeOvers += await RunAsync(seed, blocks: 400, blockBytes: 512);
        }

        Assert.True(takeOvers > 0, "No tail was taken over.");
    }

    private static async Task<long> RunAsync(int seed, int? blocks = null, int? blockBytes = null, bool withTiers = false, bool evicts = false)
    {
        var random = new Random(seed);
        int soak = int.TryParse(Environment.GetEnvironmentVariable("HCTEF_SOAK"), CultureInfo.InvariantCulture, out int times) ? times : 1;
        int[] lengths = [.. Enumerable.Range(0, 3).Select(_ => random.Next(3) == 0 ? random.Next(1, 40) * 512 : random.Next(1, 200_000))];
        using var origin = new FlakyOrigin(seed, lengths);
        HctefOptions options = FetchRig.OptionsOf(blocks ?? random.Next(1, 21), blockBytes ?? (512 << random.Next(6)));
        options.Transport.MaxConcurrencyPerHost = random.Next(1, 9);
        options.Transport.IdleTimeout = options.Transport.FirstByteTimeout = TimeSpan.FromDays(1);
        var time = new ManualTimeProvider();
        IBlockTier[] tiers = withTiers
            ? [new ErraticTier(seed, options.Cache.BlockBytes, isRemote: false), new ErraticTier(seed, options.Cache.BlockBytes, isRemote: true)]
            : [];
        using FetchRig rig = FetchRig.Create(origin, options, time, tiers: tiers);
        rig.Engine.Hosts.Get(FlakyOrigin.UriOf(0)).Costs = new FixedCosts
        {
            BytesPerSecond = random.Next(3) * options.Cache.BlockBytes,
            GapBytes = random.Next(4) * options.Cache.BlockBytes,
            SmallestPieceBytes = random.Next(1, 100_000),
            PieceBytes = random.Next(1, 300_000),
        };
        var maps = new ConcurrentDictionary<BlockMap, bool>();
        RandomReader[] readers = [.. Enumerable.Range(0, Readers).Select(
            i => new RandomReader(rig, lengths, HashCode.Combine(seed, i), sync: i % 2 == 0, map => maps.TryAdd(map, true)))];

        Task all = Task.WhenAll(readers.Select((reader, i) => i % 2 == 0
            ? Task.Factory.StartNew(() => reader.RunAsync(OperationsPerReader * soak), TaskCreationOptions.LongRunning).Unwrap()
            : Task.Run(() => reader.RunAsync(OperationsPerReader * soak))));
        Task evicting = evicts ? Task.Run(() => EvictAsync(rig, lengths.Length, new Random(seed), all)) : Task.CompletedTask;
        await FetchRig.Eventually(() => PassTime(time, all), "the readers", Patience * soak);
        await all;
        await evicting;

        HostGateIsWhole(rig);
        Exception? wrong = null;
        await FetchRig.Eventually(
            () => PassTime(time, all) && (wrong = Record.Exception(() => rig.Cache.CheckIntegrity(maps.Keys))) is null
                && rig.GateOf(FlakyOrigin.UriOf(0)).Taken == 0,
            "everything to be given back",
            Patience);
        Assert.Null(wrong);
        Assert.InRange(rig.Cache.PoolBytes, 0, (long)rig.Cache.Capacity * rig.Cache.BlockBytes);
        int served = readers.Sum(static reader => reader.Served);
        int failed = readers.Sum(static reader => reader.Failed);
        Assert.True(served > Readers * OperationsPerReader * soak / 2, $"Only {served} reads were served.");
        Assert.True(failed < served / 10, $"{failed} reads failed, {served} were served.");
        Assert.All(tiers, static tier => Assert.True(tier.Counters.Hits > 0, "A tier brought nothing."));
        return rig.Engine.Network.TakeOvers;
    }

    private static async Task EvictAsync(FetchRig rig, int files, Random random, Task all)
    {
        while (!all.IsCompleted)
        {
            await rig.Engine.EvictAsync([FlakyOrigin.UriOf(random.Next(files)).AbsoluteUri], CancellationToken.None);
            for (int pause = random.Next(500); pause > 0; pause--)
            {
                await Task.Yield();
            }
        }
    }

    private static void HostGateIsWhole(FetchRig rig) => Assert.InRange(rig.GateOf(FlakyOrigin.UriOf(0)).Taken, 0, rig.Permits);

    private static bool PassTime(ManualTimeProvider time, Task all)
    {
        time.Advance(TimeSpan.FromMilliseconds(50));
        return all.IsCompleted;
    }
}
