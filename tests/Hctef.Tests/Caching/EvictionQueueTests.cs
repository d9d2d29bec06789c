using FsCheck;
using FsCheck.Fluent;
using Hctef.Caching;

namespace Hctef.Tests.Caching;

public sealed class EvictionQueueTests
{
    private const int Slots = 8;

    [Fact]
    public void BehavesLikeAList() =>
        Prop.ForAll<int[]>(HoldsAgainstAList).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(100));

    [Theory]
    [InlineData(0, new[] { 1, 2 })]
    [InlineData(1, new[] { 0, 2 })]
    [InlineData(2, new[] { 0, 1 })]
    public void AnySlotLeavesFromWhereItIs(int slot, int[] rest)
    {
        BlockPool pool = CreatePool();
        var queue = new EvictionQueue(pool);
        queue.Push(0);
        queue.Push(1);
        queue.Push(2);
        Assert.Same(queue, pool.Slot(slot).Queue);
        queue.Remove(slot);
        Assert.Null(pool.Slot(slot).Queue);
        Assert.Equal(rest, new[] { queue.Pop(), queue.Pop() });
        Assert.Equal(0, queue.Count);
    }

    private static BlockPool CreatePool()
    {
        var pool = new BlockPool(Slots, blockBytes: 512);
        while (pool.TryTake_NeedsLock(out _))
        {
        }

        return pool;
    }

    private static bool HoldsAgainstAList(int[] changes)
    {
        BlockPool pool = CreatePool();
        EvictionQueue[] queues = [new(pool), new(pool)];
        List<int>[] lists = [[], []];
        foreach (int change in changes)
        {
            int slot = (int)((uint)change % Slots);
            int to = (change >> 3) & 1;
            int at = Array.FindIndex(lists, list => list.Contains(slot));
            if (at < 0)
            {
                queues[to].Push(slot);
                lists[to].Add(slot);
            }
            else if (to == 0)
            {
                queues[at].Remove(slot);
                lists[at].Remove(slot);
            }
            else if (queues[at].Pop() is int popped)
            {
                if (popped != lists[at][0])
                {
                    return false;
                }

                lists[at].RemoveAt(0);
            }

            if (queues[0].Count != lists[0].Count || queues[1].Count != lists[1].Count)
            {
                return false;
            }
        }

        return Enumerable.Range(0, 2).All(i => lists[i].TrueForAll(slot => queues[i].Pop() == slot) && queues[i].Count == 0);
    }
}
