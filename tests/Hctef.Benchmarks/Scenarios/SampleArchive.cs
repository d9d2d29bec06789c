using System.IO.Compression;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>A ZIP of 200 entries of 64 to 256 KiB each when compressed, and the 20 of them that are read, in random order.</summary>
internal sealed class SampleArchive : IDisposable
{
    public const int Chosen = 20;
    private const int Entries = 200;

    public SampleArchive()
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"hctef-benchmark-{Environment.ProcessId}.zip");
        var random = new Random(99);
        using (var zip = new ZipArchive(File.Create(Path), ZipArchiveMode.Create))
        {
            for (int i = 0; i < Entries; i++)
                Write(zip.CreateEntry($"folder/entry-{i}.dat", CompressionLevel.Fastest), random);
        }

        int[] order = [.. Enumerable.Range(0, Entries)];
        random.Shuffle(order);
        Names = [.. order.Take(Chosen).Select(i => $"folder/entry-{i}.dat")];
        using ZipArchive read = ZipFile.OpenRead(Path);
        DistinctBytes = Names.Sum(name => read.GetEntry(name)!.CompressedLength);
        UncompressedBytes = Names.Sum(name => read.GetEntry(name)!.Length);
    }

    public string Path { get; }

    public IReadOnlyList<string> Names { get; }

    /// <summary>The compressed bytes of what is read; the directory comes to less than a hundredth more.</summary>
    public long DistinctBytes { get; }

    public long UncompressedBytes { get; }

    public void Dispose() => File.Delete(Path);

    /// <summary>Half random, half zeros, in small pieces: it compresses to about half.</summary>
    private static void Write(ZipArchiveEntry entry, Random random)
    {
        using Stream stream = entry.Open();
        var piece = new byte[1024];
        int pieces = random.Next(128, 512);
        for (int i = 0; i < pieces; i++)
        {
            random.NextBytes(piece.AsSpan(0, piece.Length / 2));
            stream.Write(piece);
        }
    }
}
