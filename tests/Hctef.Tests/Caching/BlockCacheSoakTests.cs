using System.Collections.Concurrent;
using System.Globalization;
using Hctef.Caching;
using static Hctef.Tests.Caching.CacheFilling;

namespace Hctef.Tests.Caching;

/// <summary>
/// Several threads on a cache of a few blocks: every byte that is read, or handed over when it is evicted, belongs to where it was asked for, whoever loads, evicts, frees,
/// gives up or drops at the same time. HCTEF_SOAK multiplies the work.
/// </summary>
[Trait("Category", "Soak")]
public sealed class BlockCacheSoakTests
{
    private const int Threads = 4;
    private const int Blocks = 40;
    private const int OpenMaps = 3;

    private readonly ConcurrentQueue<BlockMap> _maps = new();
    private readonly ConcurrentQueue<SeenVictims> _victims = new();
    private readonly BlockMap[] _open = new BlockMap[OpenMaps];
    private long _bytesRead;
    private long _waits;

    private static int Operations =>
        int.TryParse(Environment.GetEnvironmentVariable("HCTEF_SOAK"), NumberStyles.None, CultureInfo.InvariantCulture, out int times)
            ? 10_000 * Math.Clamp(times, 1, 10_000)
            : 10_000;

    [Theory]
    [InlineData(1, 512)]
    [InlineData(3, 512)]
    [InlineData(12, 512)]
    [InlineData(4, 16 * 1024)]
    public void I2_every_byte_belongs_to_its_block(int capacity, int blockBytes)
    {
        BlockCache cache = CreateCache(capacity, blockBytes);
        for (int i = 0; i < OpenMaps; i++)
        {
            _open[i] = CreateMap(cache);
        }

        int seed = Random.Shared.Next();
        int operations = blockBytes > 512 ? Operations / 16 : Operations;
        try
        {
            ConcurrentThreads.Run(Threads, number => Work(cache, new Random(seed + number), operations));
        }
        catch (AggregateException exception)
        {
            throw new InvalidOperationException($"With the seed {seed}.", exception);
        }

        cache.CheckIntegrity(_maps);
        Assert.Equal((long)capacity * blockBytes, cache.PoolBytes);
        Assert.True(_bytesRead > 0);
        Assert.True(_waits > 0);
        Assert.Contains(_victims, static victims => victims.Seen.Length > 0);
    }

    private void Work(BlockCache cache, Random random, int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            int which = random.Next(OpenMaps);
            BlockMap map = Volatile.Read(ref _open[which]);
            long block = (long)random.Next(Blocks) << random.Next(3);
            switch (random.Next(200))
            {
                case 0:
                    Volatile.Write(ref _open[which], CreateMap(cache));
                    cache.Drop(map);
                    break;
                case 1:
                    cache.Free(map);
                    break;
                case < 10:
                    KeepEnd(cache, map, block, random.Next(1, cache.BlockBytes));
                    break;
                case < 14:
                    Assert.All(cache.GetRanges(map, long.MaxValue), range => Assert.True(range.Start < range.End));
                    break;
                default:
                    Read(cache, map, block, random);
                    break;
            }
        }
    }

    private void Read(BlockCache cache, BlockMap map, long block, Random random)
    {
        int within = random.Next(cache.BlockBytes);
        int length = random.Next(1, 2 * cache.BlockBytes);
        int count = cache.ReadVerified(map, cache.OffsetOf(block) + within, length);
        Interlocked.Add(ref _bytesRead, count);
        if (count == length)
        {
            return;
        }

        long missing = cache.BlockOf(cache.OffsetOf(block) + within + count);
        if (FindLoad(cache, map, missing) is { } load)
        {
            WaitAndRead(cache, map, missing, load, bring: null);
        }
        else if (FakeLoad.TryStart(cache, map, missing, random.Next(1, 5)) is { } own)
        {
            WaitAndRead(cache, map, missing, own, () => Bring(own, random));
        }
    }

    private static FakeLoad? FindLoad(BlockCache cache, BlockMap map, long block)
    {
        lock (cache.Gate)
        {
            cache.StateOf_NeedsLock(map, block, out IBlockLoad? load);
            return (FakeLoad?)load;
        }
    }

    /// <summary>Brings the blocks one by one or together, and sometimes gives up before the last.</summary>
    private static void Bring(FakeLoad load, Random random)
    {
        int end = random.Next(8) == 0 ? random.Next(load.Slots.Length) : load.Slots.Length;
        try
        {
            for (int published = 0; published < end;)
            {
                published += random.Next(1, end - published + 1);
                load.Publish(published);
                Thread.Yield();
            }
        }
        finally
        {
            load.Finish();
        }
    }

    /// <summary>A reader that has pinned a block finds it ready once it is published, whatever happened to its version.</summary>
    private void WaitAndRead(BlockCache cache, BlockMap map, long block, FakeLoad load, Action? bring)
    {
        bool pinned = load.TryPin(block, out int slot);
        bring?.Invoke();
        if (!pinned)
        {
            return;
        }

        if (load.WaitFor(block))
        {
            Assert.Equal(cache.BlockBytes, cache.ReadVerified(map, cache.OffsetOf(block), cache.BlockBytes));
            Interlocked.Increment(ref _waits);
        }

        cache.Unpin(slot);
    }

    private static void KeepEnd(BlockCache cache, BlockMap map, long block, int filledFrom)
    {
        int[] slots = [-1];
        lock (cache.Gate)
        {
            if (cache.Reserve_NeedsLock(slots) == 0)
            {
                return;
            }
        }

        BlockContent.Fill(cache.Run(slots, most: 1).Span[filledFrom..], map.Id, cache.OffsetOf(block) + filledFrom);
        if (!cache.TryAdmitPartial(map, block, slots[0], filledFrom))
        {
            cache.Release(slots);
        }
    }

    private BlockMap CreateMap(BlockCache cache)
    {
        BlockMap map = cache.CreateMap();
        _maps.Enqueue(map);
        _victims.Enqueue(new SeenVictims(map));
        return map;
    }
}
