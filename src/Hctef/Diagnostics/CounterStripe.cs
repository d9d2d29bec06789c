using System.Runtime.InteropServices;

namespace Hctef.Diagnostics;

/// <summary>What one thread has read of one file by hits, and where; threads beyond the first few dozen share one.</summary>
/// <remarks>
/// A thread's own stripe has that one writer, so that plain stores count exactly. Interlocked ones do too, but their fence keeps the
/// processor from starting the next copy before the last one has ended. The runtime numbers live
/// threads differently, and gives a number again only after its thread has ended, under a lock that orders the two writers. Any thread
/// may read.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal sealed class CounterStripe(int number)
{
    /// <summary>The number that threads share whose own would make the array of stripes long.</summary>
    public const int Shared = 0;

    private const int MostOwned = 63;

#pragma warning disable CS0169, IDE0051, S1144 // Keeps stripes that lie side by side on the heap out of each other's cache lines.
    private readonly Padding _before;
    private long _hits;
    private long _bytesServed;
    private long _blocks;

    /// <summary>The block that positional reads of this thread were in last.</summary>
    public long LastVisited = -1;
    private readonly Padding _after;
#pragma warning restore

    /// <summary>The stripe of the current thread; managed threads are numbered from 1, and live ones never alike.</summary>
    public static int NumberOfCurrentThread => Environment.CurrentManagedThreadId is var id and <= MostOwned ? id : Shared;

    public long Hits => Volatile.Read(ref _hits);

    public long BytesServed => Volatile.Read(ref _bytesServed);

    /// <summary>Blocks that hits have read.</summary>
    public long Blocks => Volatile.Read(ref _blocks);

    public void CountHit(long bytes, long blocks)
    {
        if (number != Shared)
        {
            Volatile.Write(ref _hits, _hits + 1);
            Volatile.Write(ref _bytesServed, _bytesServed + bytes);
            Volatile.Write(ref _blocks, _blocks + blocks);
        }
        else
        {
            Interlocked.Increment(ref _hits);
            Interlocked.Add(ref _bytesServed, bytes);
            Interlocked.Add(ref _blocks, blocks);
        }
    }

    public void CountServed(long bytes)
    {
        if (number != Shared)
        {
            Volatile.Write(ref _bytesServed, _bytesServed + bytes);
        }
        else
        {
            Interlocked.Add(ref _bytesServed, bytes);
        }
    }

    [StructLayout(LayoutKind.Sequential, Size = 56)]
    private readonly struct Padding;
}
