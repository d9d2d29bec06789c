using System.Diagnostics;

namespace Hctef.Benchmarks.Hot;

/// <summary>What came of reading as fast as a number of threads can for a while. The processor's time is that of one thread.</summary>
internal readonly record struct HotPhase(double ReadsPerSecond, double CpuSecondsPerRead, double AllocatedBytesPerRead)
{
    private const int Batch = 1_000;

    public static HotPhase Run(IHotReader reader, int threads, TimeSpan duration)
    {
        var results = new HotPhase[threads];
        using var start = new Barrier(threads);
        Thread[] running = [.. Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            results[i] = ReadFor(reader, seed: (ulong)i + 1, duration);
        }))];
        Array.ForEach(running, static thread => thread.Start());
        Array.ForEach(running, static thread => thread.Join());
        return new HotPhase(
            results.Sum(result => result.ReadsPerSecond),
            results.Average(result => result.CpuSecondsPerRead),
            results.Max(result => result.AllocatedBytesPerRead));
    }

    private static HotPhase ReadFor(IHotReader reader, ulong seed, TimeSpan duration)
    {
        var offsets = new HotOffsets(seed);
        var buffer = new byte[HotOffsets.ReadBytes];
        reader.Read(ref offsets, buffer, Batch);
        long reads = 0;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        double cpu = ThreadClock.Seconds;
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < duration)
        {
            reader.Read(ref offsets, buffer, Batch);
            reads += Batch;
        }

        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return new HotPhase(
            reads / seconds,
            (ThreadClock.Seconds - cpu) / reads,
            (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / reads);
    }
}
