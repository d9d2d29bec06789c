namespace Hctef.Tests.Files;

/// <summary>What a piece of work allocates on its thread.</summary>
internal static class Allocations
{
    private const int MostTries = 20;

    /// <summary>
    /// Asserts that work allocates nothing once it is warm. What it does allocate shows in every try; a pause of a background collection,
    /// which other tests cause, shows in one, as the rest of this thread's allocation buffer.
    /// </summary>
    public static void AssertNone(Action work)
    {
        work();
        long allocated = long.MaxValue;
        for (int tries = 0; tries < MostTries && allocated != 0; tries++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }
}
