using Hctef.Caching;
using static Hctef.Tests.Caching.CacheFilling;

namespace Hctef.Tests.Caching;

/// <summary>Hits.</summary>
public sealed partial class BlockCacheTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(16 * 1024)]
    [InlineData(1024 * 1024)]
    public void CopiesEndAtTheFirstBlockThatIsNotReady(int blockBytes)
    {
        BlockCache cache = CreateCache(blocks: 4, blockBytes);
        BlockMap map = cache.CreateMap();
        cache.Load(map, first: 1, count: 2);
        long start = blockBytes;
        long end = 3L * blockBytes;
        Assert.Equal(0, cache.ReadVerified(map, start - 1, 10));
        Assert.Equal(10, cache.ReadVerified(map, start, 10));
        Assert.Equal(1, cache.ReadVerified(map, end - 1, 1));
        Assert.Equal(1, cache.ReadVerified(map, end - 1, 2));
        Assert.Equal(0, cache.ReadVerified(map, end, 1));
        Assert.Equal(2, cache.ReadVerified(map, (2L * blockBytes) - 1, 2));
        Assert.Equal(2 * blockBytes, cache.ReadVerified(map, start, 3 * blockBytes));
        Assert.Equal((2 * blockBytes) - 3, cache.ReadVerified(map, start + 3, 3 * blockBytes));
        Assert.Equal(0, cache.ReadVerified(map, start, 0));
    }

    [Fact]
    public void CopiesCrossTheEdgesOfLeaves()
    {
        BlockCache cache = CreateCache(blocks: 80);
        BlockMap map = cache.CreateMap();
        cache.Load(map, first: 20, count: 60);
        Assert.Equal(60 * 512, cache.ReadVerified(map, 20 * 512, 70 * 512));
        for (int edge = 32; edge <= 64; edge += 32)
        {
            Assert.Equal(7, cache.ReadVerified(map, (edge * 512) - 3, 7));
            Assert.Equal(512, cache.ReadVerified(map, edge * 512, 512));
            Assert.Equal(512, cache.ReadVerified(map, (edge - 1) * 512, 512));
        }
    }

    [Theory]
    [InlineData(512, 1L << 40)]
    [InlineData(512, 1L << 50)]
    [InlineData(16 * 1024, (1L << 45) + 12_345)]
    [InlineData(512, long.MaxValue - 700)]
    [InlineData(1024 * 1024, long.MaxValue - 700)]
    public void OffsetsMayBeAsHighAsTheyGo(int blockBytes, long offset)
    {
        BlockCache cache = CreateCache(blocks: 4, blockBytes);
        BlockMap map = cache.CreateMap();
        long first = cache.BlockOf(offset);
        int count = (int)(cache.BlocksFor(offset + 700) - first);
        Assert.InRange(count, 1, 2 + (700 / blockBytes));
        cache.Load(map, first, count);
        Assert.Equal(700, cache.ReadVerified(map, offset, 700));
        (long start, long end) = Assert.Single(cache.GetRanges(map, long.MaxValue));
        Assert.True(start <= offset && end >= offset + 700);
        Assert.Equal([(start, offset + 700)], cache.GetRanges(map, offset + 700));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1024 * 1024)]
    public void BlockArithmeticHoldsAtBothEnds(int blockBytes)
    {
        BlockCache cache = CreateCache(blocks: 1, blockBytes);
        Assert.Equal(0, cache.BlocksFor(0));
        Assert.Equal(1, cache.BlocksFor(1));
        Assert.Equal(1, cache.BlocksFor(blockBytes));
        Assert.Equal(2, cache.BlocksFor(blockBytes + 1));
        long last = cache.BlockOf(long.MaxValue - 1);
        Assert.Equal(last + 1, cache.BlocksFor(long.MaxValue));
        Assert.Equal(long.MaxValue, cache.OffsetOf(last + 1));
        Assert.Equal(long.MaxValue - blockBytes + 1, cache.OffsetOf(last));
    }

    [Fact]
    public void EnteringABlockIsOneVisitHoweverManyReadsFollow()
    {
        BlockCache cache = CreateCache(blocks: 10);
        BlockMap map = cache.CreateMap();
        cache.Load(map, first: 0, count: 10);
        long lastVisited = -1;
        byte[] buffer = new byte[100];
        for (int i = 0; i < 51; i++)
        {
            Assert.Equal(100, cache.Copy(map, i * 100, buffer, ref lastVisited, out _));
        }

        // All were read by one scan, none is hot: each gives way to one that comes.
        for (int block = 100; block < 110; block++)
        {
            cache.Load(map, block);
        }

        Assert.Equal([(100L * 512, 110L * 512)], cache.GetRanges(map, long.MaxValue));
    }

    [Fact]
    public void HitsAllocateNothing()
    {
        BlockCache cache = CreateCache(blocks: 100);
        BlockMap map = cache.CreateMap();
        cache.Load(map, first: 0, count: 100);
        byte[] buffer = new byte[4_096];
        long lastVisited = -1;
        long sum = CopyAll();
        long before = GC.GetAllocatedBytesForCurrentThread();
        sum += CopyAll();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2 * 1_000 * 4_096, sum);

        long CopyAll()
        {
            long copied = 0;
            for (int i = 0; i < 1_000; i++)
            {
                copied += cache.Copy(map, i * 47, buffer, ref lastVisited, out _);
            }

            return copied;
        }
    }
}
