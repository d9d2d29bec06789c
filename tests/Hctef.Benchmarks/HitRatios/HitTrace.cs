namespace Hctef.Benchmarks.HitRatios;

/// <summary>
/// A trace of reads: by Zipf's law over a set of blocks, a scan that starts again at its end, or both in turn. Simulated, with a fixed
/// seed. A hit is a read of the hot set, or a block of the scan, that was there.
/// </summary>
internal sealed record HitTrace(string Name, bool Hot, int ScanPieceBytes, int ScanShift)
{
    public const int Capacity = 1_000;
    public const int HotBlocks = 1_500;
    public const int ScanBlocks = 3_000;
    public const double ZipfExponent = 0.9;
    public const long ScanEnd = ScanStart + ScanBlocks;
    private const int BlockBytes = 16 * 1024;
    private const int ScanBytesPerTurn = 2 * BlockBytes;
    private const long ScanStart = 100_000;
    private const int Turns = 100_000;

    /// <summary>The hit ratios of the hot reads and of the scanned blocks; NaN where there are none.</summary>
    public (double Hot, double Scan) Run(ICachePolicy policy)
    {
        var random = new Random(4_711);
        double sum = 0;
        double[] cumulated = [.. Enumerable.Range(1, HotBlocks).Select(rank => sum += Math.Pow(rank, -ZipfExponent))];
        int hotHits = 0;
        int scanned = 0;
        int scanHits = 0;
        long position = ScanShift;
        long last = -1;
        for (int turn = 0; turn < Turns; turn++)
        {
            if (Hot)
                hotHits += policy.Read(Draw(cumulated, random), entered: true) ? 1 : 0;
            for (int bytes = 0; ScanPieceBytes > 0 && bytes < ScanBytesPerTurn; bytes += ScanPieceBytes, position += ScanPieceBytes)
            {
                // A piece may lie in two blocks.
                for (long block = position / BlockBytes; block <= (position + ScanPieceBytes - 1) / BlockBytes; block++)
                {
                    bool entered = block != last;
                    bool hit = policy.Scan(ScanStart + (block % ScanBlocks), entered);
                    last = block;
                    scanned += entered ? 1 : 0;
                    scanHits += entered && hit ? 1 : 0;
                }
            }
        }

        return (Hot ? (double)hotHits / Turns : double.NaN, scanned > 0 ? (double)scanHits / scanned : double.NaN);
    }

    private static int Draw(double[] cumulated, Random random)
    {
        int index = Array.BinarySearch(cumulated, random.NextDouble() * cumulated[^1]);
        return index < 0 ? ~index : index;
    }
}
