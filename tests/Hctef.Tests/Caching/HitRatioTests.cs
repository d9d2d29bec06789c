namespace Hctef.Tests.Caching;

/// <summary>
/// A hot set read by Zipf's law, and scans that go by it again and again in small sequential reads. Simulated, with a fixed seed: how
/// many of the hot reads are hits.
/// </summary>
public sealed class HitRatioTests
{
    private const int Capacity = 1_000;
    private const int HotBlocks = 1_500;
    private const int ScanStart = 100_000;
    private const int ScanBlocks = 3_000;
    private const int ReadsPerBlock = 4;
    private const int ScanReadsPerHotRead = 8;
    private const int HotReads = 100_000;

    [Fact]
    public void I5_scans_in_small_reads_do_not_drive_out_the_hot_set()
    {
        var s3 = new PolicyDriver(Capacity);
        var countingReads = new PolicyDriver(Capacity);
        var lru = new LeastRecentlyUsed(Capacity);
        double perVisit = Simulate((block, entered) => entered ? s3.Visit(block) : s3.Has(block) || s3.Visit(block));
        double perRead = Simulate((block, _) => countingReads.Visit(block));
        double leastRecent = Simulate((block, _) => lru.Visit(block));
        string ratios = $"S3-FIFO {perVisit:P1}, counting each read {perRead:P1}, LRU {leastRecent:P1}";
        Assert.True(perVisit > leastRecent + 0.15, ratios);
        Assert.True(perVisit > perRead + 0.15, ratios);
        Assert.True(perVisit > 0.6, ratios);
    }

    /// <summary>The share of hot reads that are hits, by a way to read that is told whether the reader has just entered the block.</summary>
    private static double Simulate(Func<long, bool, bool> read)
    {
        var random = new Random(4_711);
        double[] weights = Zipf();
        int hits = 0;
        long scanRead = 0;
        for (int i = 0; i < HotReads; i++)
        {
            hits += read(Draw(weights, random), true) ? 1 : 0;
            for (int j = 0; j < ScanReadsPerHotRead; j++, scanRead++)
            {
                read(ScanStart + (scanRead / ReadsPerBlock % ScanBlocks), scanRead % ReadsPerBlock == 0);
            }
        }

        return (double)hits / HotReads;
    }

    private static double[] Zipf()
    {
        double sum = 0;
        return [.. Enumerable.Range(1, HotBlocks).Select(rank => sum += Math.Pow(rank, -0.9))];
    }

    private static int Draw(double[] cumulated, Random random)
    {
        int index = Array.BinarySearch(cumulated, random.NextDouble() * cumulated[^1]);
        return index < 0 ? ~index : index;
    }
}
