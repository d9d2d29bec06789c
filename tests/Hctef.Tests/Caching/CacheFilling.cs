using Hctef.Caching;

namespace Hctef.Tests.Caching;

/// <summary>Short ways for tests to bring blocks into a cache and to read them back.</summary>
internal static class CacheFilling
{
    public static BlockCache CreateCache(int blocks, int blockBytes = 512) =>
        new((long)blocks * (blockBytes + BlockCache.OverheadBytes), blockBytes);

    /// <summary>Loads neighbouring blocks; returns the slot of the first.</summary>
    public static int Load(this BlockCache cache, BlockMap map, long first, int count = 1)
    {
        FakeLoad load = FakeLoad.TryStart(cache, map, first, count) ?? throw new InvalidOperationException("No memory, or not absent.");
        Assert.Equal(count, load.Slots.Length);
        load.Publish(count);
        load.Finish();
        return load.Slots[0];
    }

    /// <summary>Keeps the end of a block.</summary>
    public static bool LoadEnd(this BlockCache cache, BlockMap map, long block, int filledFrom)
    {
        int[] slots = [-1];
        lock (cache.Gate)
        {
            Assert.Equal(1, cache.Reserve_NeedsLock(slots));
        }

        BlockContent.Fill(cache.Run(slots, most: 1).Span[filledFrom..], map.Id, cache.OffsetOf(block) + filledFrom);
        if (cache.TryAdmitPartial(map, block, slots[0], filledFrom))
        {
            return true;
        }

        cache.Release(slots);
        return false;
    }

    public static BlockState StateOf(this BlockCache cache, BlockMap map, long block)
    {
        lock (cache.Gate)
        {
            return cache.StateOf_NeedsLock(map, block, out _);
        }
    }

    /// <summary>Reads and verifies; returns the number of bytes that were ready.</summary>
    public static int ReadVerified(this BlockCache cache, BlockMap map, long offset, int length)
    {
        const byte Untouched = 0xA5;
        Span<byte> buffer = length <= 4_096 ? stackalloc byte[length] : new byte[length];
        buffer.Fill(Untouched);
        long lastVisited = -1;
        int count = cache.Copy(map, offset, buffer, ref lastVisited, out _);
        BlockContent.Verify(buffer[..count], map, offset);
        Assert.Equal(-1, buffer[count..].IndexOfAnyExcept(Untouched, (byte)0));
        return count;
    }
}
