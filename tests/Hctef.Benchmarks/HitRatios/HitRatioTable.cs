using System.Globalization;

namespace Hctef.Benchmarks.HitRatios;

/// <summary>S3-FIFO beside LRU, as a table for RESULTS.md.</summary>
internal static class HitRatioTable
{
    private const int Unaligned = 3_000;

    /// <summary>The blocks ahead of the scan: an eighth of the cache, and as many as may be held at all.</summary>
    private static readonly int[] Ahead = [HitTrace.Capacity / 8, HitTrace.Capacity / 2];

    private static readonly HitTrace[] Traces =
    [
        new("Zipf", Hot: true, 0, 0),
        new("scan, 4 KiB", Hot: false, 4096, 0),
        new("Zipf + scan, 512 B", Hot: true, 512, 0),
        new("Zipf + scan, 4 KiB", Hot: true, 4096, 0),
        new("Zipf + scan, unaligned 8 KiB", Hot: true, 8192, Unaligned),
    ];

    public static void Write(TextWriter output)
    {
        output.WriteLine(
            $"A cache of {HitTrace.Capacity} blocks; {HitTrace.HotBlocks} blocks by Zipf's law ({HitTrace.ZipfExponent.ToString(CultureInfo.InvariantCulture)}); "
            + $"a scan of {HitTrace.ScanBlocks} blocks that starts again at its end, two blocks for each hot read.");
        output.WriteLine();
        WriteHeader(output, "S3-FIFO");
        foreach (HitTrace trace in Traces)
            WriteRow(output, trace, trace.Name, new S3FifoPolicy(HitTrace.Capacity), new LruPolicy(HitTrace.Capacity));

        output.WriteLine();
        output.WriteLine("The mixed ones through the block cache itself, with so many blocks brought ahead of the scan and held for it:");
        output.WriteLine();
        WriteHeader(output, "block cache");
        foreach (HitTrace trace in Traces.Where(IsMixed))
        {
            foreach (int ahead in Ahead)
            {
                string name = $"{trace.Name}, {ahead.ToString(CultureInfo.InvariantCulture)} ahead";
                WriteRow(output, trace, name, new BlockCachePolicy(HitTrace.Capacity, ahead), new LruPolicy(HitTrace.Capacity, ahead));
            }
        }
    }

    private static bool IsMixed(HitTrace trace) => trace.Hot && trace.ScanPieceBytes > 0;

    private static void WriteHeader(TextWriter output, string policy)
    {
        output.WriteLine($"| trace | hot hits, {policy} | hot hits, LRU | scan hits, {policy} | scan hits, LRU | |");
        output.WriteLine("|---|---|---|---|---|---|");
    }

    private static void WriteRow(TextWriter output, HitTrace trace, string name, ICachePolicy policy, LruPolicy leastRecentlyUsed)
    {
        (double hot, double scan) = trace.Run(policy);
        (double lruHot, double lruScan) = trace.Run(leastRecentlyUsed);
        string verdict = !IsMixed(trace) ? string.Empty : hot > lruHot ? "pass" : "**miss**";
        output.WriteLine($"| {name} | {Percent(hot)} | {Percent(lruHot)} | {Percent(scan)} | {Percent(lruScan)} | {verdict} |");
    }

    private static string Percent(double ratio) =>
        double.IsNaN(ratio) ? "–" : ratio.ToString("P1", CultureInfo.InvariantCulture);
}
