using Hctef.Caching;

namespace Hctef.Tests.Caching;

/// <summary>What the bytes of a block are: a function of its version and its number, so that foreign bytes are told at once.</summary>
internal static class BlockContent
{
    public static void Fill(Span<byte> destination, int map, long offset)
    {
        ulong word = 0;
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = NextByte(ref word, map, offset + i, isFirst: i == 0);
        }
    }

    public static void Verify(ReadOnlySpan<byte> read, BlockMap map, long offset)
    {
        ulong word = 0;
        for (int i = 0; i < read.Length; i++)
        {
            byte expected = NextByte(ref word, map.Id, offset + i, isFirst: i == 0);
            if (read[i] != expected)
            {
                Assert.Fail($"Byte {offset + i} of version {map.Id} is {read[i]} instead of {expected}.");
            }
        }
    }

    private static byte NextByte(ref ulong word, int map, long offset, bool isFirst)
    {
        int within = (int)offset & 7;
        if (within == 0 || isFirst)
        {
            word = Word(map, offset >> 3);
        }

        return (byte)(word >> (8 * within));
    }

    private static ulong Word(int map, long index)
    {
        ulong mixed = ((ulong)index * 0x9E3779B97F4A7C15) + ((ulong)(uint)map * 0xC2B2AE3D27D4EB4F);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        return mixed ^ (mixed >> 31);
    }
}
