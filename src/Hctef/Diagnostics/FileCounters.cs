using System.Runtime.InteropServices;

namespace Hctef.Diagnostics;

/// <summary>
/// The counts behind <see cref="RemoteFileStatistics"/>. What hot reads count is striped by processor, so that no cache line moves
/// between cores, and summed when somebody asks; the stripes come with the first read.
/// </summary>
internal sealed class FileCounters
{
    private static readonly int StripeCount = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 64));

    private Stripe[]? _stripes;
    private long _requests;
    private long _bytesFetched;
    private long _misses;
    private long _hedges;

    /// <summary>Where the reads of the current processor count.</summary>
    public ref Stripe Current => ref (_stripes ?? CreateStripes())[Thread.GetCurrentProcessorId() & (StripeCount - 1)];

    public void CountRequest() => Interlocked.Increment(ref _requests);

    /// <summary>Second requests sent because the first was late; they are counted as requests too.</summary>
    public long Hedges => Interlocked.Read(ref _hedges);

    public void CountHedge() => Interlocked.Increment(ref _hedges);

    public void CountFetched(long bytes) => Interlocked.Add(ref _bytesFetched, bytes);

    public void CountMiss(long bytesServed)
    {
        Interlocked.Increment(ref _misses);
        Interlocked.Add(ref Current.BytesServed, bytesServed);
    }

    public RemoteFileStatistics Snapshot()
    {
        long hits = 0;
        long served = 0;
        foreach (ref Stripe stripe in (_stripes ?? []).AsSpan())
        {
            hits += Interlocked.Read(ref stripe.Hits);
            served += Interlocked.Read(ref stripe.BytesServed);
        }

        return new RemoteFileStatistics
        {
            Requests = Interlocked.Read(ref _requests),
            BytesFetched = Interlocked.Read(ref _bytesFetched),
            BytesServed = served,
            Hits = hits,
            Misses = Interlocked.Read(ref _misses),
        };
    }

    private Stripe[] CreateStripes()
    {
        var stripes = new Stripe[StripeCount];
        foreach (ref Stripe stripe in stripes.AsSpan())
        {
            stripe.LastVisited = -1;
        }

        return Interlocked.CompareExchange(ref _stripes, stripes, comparand: null) ?? stripes;
    }

    /// <summary>Two cache lines, so that neighbours do not share one and adjacent-line prefetching does no harm.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    public struct Stripe
    {
        public long Hits;
        public long BytesServed;

        /// <summary>The block that positional reads of this processor were in last.</summary>
        public long LastVisited;

        public void CountHit(long bytes)
        {
            Interlocked.Increment(ref Hits);
            Interlocked.Add(ref BytesServed, bytes);
        }
    }
}
