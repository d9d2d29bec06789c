using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>Reads of 4 KiB in blocks that are chosen by Zipf's law and lie scattered over the file, so that no neighbour is hot too.</summary>
internal sealed class ZipfOffsets
{
    public const int ReadBytes = 4096;
    private const int Blocks = 2048;
    private const double Exponent = 0.99;

    public ZipfOffsets(int reads)
    {
        var random = new Random(4_711);
        int[] places = [.. Enumerable.Range(0, (int)(ServerFiles.DataBytes / HctefDefaults.BlockBytes))];
        random.Shuffle(places);
        double sum = 0;
        double[] cumulated = [.. Enumerable.Range(1, Blocks).Select(rank => sum += Math.Pow(rank, -Exponent))];
        Offsets = [.. Enumerable.Range(0, reads).Select(_ =>
        {
            int index = Array.BinarySearch(cumulated, random.NextDouble() * sum);
            long block = places[index < 0 ? ~index : index];
            return (block * HctefDefaults.BlockBytes) + (random.Next(HctefDefaults.BlockBytes / ReadBytes) * ReadBytes);
        })];
    }

    public IReadOnlyList<long> Offsets { get; }

    public int DistinctBlocks => Offsets.Select(offset => offset / HctefDefaults.BlockBytes).Distinct().Count();
}
