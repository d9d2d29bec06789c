using System.Collections;
using FsCheck;
using FsCheck.Fluent;
using Hctef.Caching;

namespace Hctef.Tests.Caching;

public sealed class RangeSetTests
{
    private const int Bytes = 96;

    [Fact]
    public void BehavesLikeAnArrayOfBits()
    {
        // Every three numbers are a change. FsCheck names the seed, and the shortest changes that fail.
        Prop.ForAll<int[]>(HoldsAgainstBits).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithEndSize(200));
    }

    [Fact]
    public void RemovingASpanKeepsTheEndsOfTheRangesAtItsEdges()
    {
        RangeSet set = Of((0, 10), (20, 30), (40, 50), (60, 70));
        set.Remove(5, 65);
        Assert.Equal([(0, 5), (65, 70)], set);
        Assert.Equal(10, set.Length);
    }

    [Fact]
    public void RemovingInsideARangeSplitsIt()
    {
        RangeSet set = Of((0, 10));
        set.Remove(3, 4);
        Assert.Equal([(0, 3), (4, 10)], set);
    }

    [Fact]
    public void NeighboursAreJoined()
    {
        RangeSet set = Of((0, 10), (20, 30), (10, 20));
        Assert.Equal([(0L, 30L)], set);
    }

    [Fact]
    public void EmptyRangesChangeNothing()
    {
        RangeSet set = Of((5, 5), (7, 6));
        Assert.Empty(set);
        set.Add(0, 10);
        set.Remove(5, 5);
        Assert.Equal([(0L, 10L)], set);
        Assert.True(set.Contains(50, 50));
        Assert.Empty(set.Missing(50, 50));
    }

    [Fact]
    public void OffsetsReachToTheHighestThereIs()
    {
        RangeSet set = Of((long.MaxValue - 10, long.MaxValue));
        Assert.True(set.Contains(long.MaxValue - 1, long.MaxValue));
        Assert.Equal([(0L, long.MaxValue - 10)], set.Missing(0, long.MaxValue));
        set.Remove(long.MaxValue - 5, long.MaxValue);
        Assert.Equal([(long.MaxValue - 10, long.MaxValue - 5)], set);
    }

    private static RangeSet Of(params (long Start, long End)[] ranges)
    {
        var set = new RangeSet();
        foreach ((long start, long end) in ranges)
        {
            set.Add(start, end);
        }

        return set;
    }

    private static bool HoldsAgainstBits(int[] numbers)
    {
        var set = new RangeSet();
        var bits = new BitArray(Bytes);
        for (int i = 0; i + 2 < numbers.Length; i += 3)
        {
            int start = (int)((uint)numbers[i + 1] % Bytes);
            int end = Math.Min(Bytes, start + (int)((uint)numbers[i + 2] % 24));
            bool add = (numbers[i] & 1) == 0;
            if (add)
            {
                set.Add(start, end);
            }
            else
            {
                set.Remove(start, end);
            }

            for (int bit = start; bit < end; bit++)
            {
                bits[bit] = add;
            }

            if (!AgreesWith(set, bits, start, end))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AgreesWith(RangeSet set, BitArray bits, int start, int end)
    {
        int before = -1;
        foreach ((long from, long to) in set)
        {
            if (from <= before || from >= to)
            {
                return false;
            }

            before = (int)to;
        }

        bool[] whole = Bits(set.SelectMany(static range => Numbers(range.Start, range.End)));
        int windowStart = Math.Max(0, start - 3);
        int windowEnd = Math.Min(Bytes, end + 3);
        bool[] missing = Bits(set.Missing(windowStart, windowEnd).SelectMany(static range => Numbers(range.Start, range.End)));
        return whole.SequenceEqual(bits.Cast<bool>())
            && set.Length == whole.Count(static bit => bit)
            && set.Count == set.Count()
            && Enumerable.Range(0, Bytes).All(bit => missing[bit] == (bit >= windowStart && bit < windowEnd && !bits[bit]))
            && set.Contains(windowStart, windowEnd) == Enumerable.Range(windowStart, windowEnd - windowStart).All(bit => bits[bit])
            && set.FirstIn(windowStart, windowEnd) == FirstIn(bits, windowStart, windowEnd);
    }

    private static (long Start, long End) FirstIn(BitArray bits, int start, int end)
    {
        while (start < end && !bits[start])
        {
            start++;
        }

        int first = start;
        while (start < end && bits[start])
        {
            start++;
        }

        return first < start ? (first, start) : default;
    }

    private static IEnumerable<int> Numbers(long start, long end) => Enumerable.Range((int)start, (int)(end - start));

    private static bool[] Bits(IEnumerable<int> set)
    {
        bool[] bits = new bool[Bytes];
        foreach (int bit in set)
        {
            Assert.False(bits[bit], "A byte is in two ranges.");
            bits[bit] = true;
        }

        return bits;
    }
}
