using System.Globalization;

namespace Hctef.Benchmarks.HitRatios;

/// <summary>S3-FIFO beside LRU, as a table for RESULTS.md.</summary>
internal static class HitRatioTable
{
    private const int Unaligned = 3_000;

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
        output.WriteLine("| trace | hot hits, S3-FIFO | hot hits, LRU | scan hits, S3-FIFO | scan hits, LRU | |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (HitTrace trace in Traces)
        {
            (double hot, double scan) = trace.Run(new S3FifoPolicy(HitTrace.Capacity));
            (double lruHot, double lruScan) = trace.Run(new LruPolicy(HitTrace.Capacity));
            string verdict = !trace.Hot || trace.ScanPieceBytes == 0 ? string.Empty : hot > lruHot ? "pass" : "**miss**";
            output.WriteLine(
                $"| {trace.Name} | {Percent(hot)} | {Percent(lruHot)} | {Percent(scan)} | {Percent(lruScan)} | {verdict} |");
        }
    }

    private static string Percent(double ratio) =>
        double.IsNaN(ratio) ? "–" : ratio.ToString("P1", CultureInfo.InvariantCulture);
}
