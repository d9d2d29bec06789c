using System.Globalization;
using System.Text;

namespace Hctef.Tests.Consumers;

/// <summary>What each reader may take, and the page that says so.</summary>
internal static class ConsumerCosts
{
    private static readonly ConsumerCost[] All =
    [
        new("ZipArchive, synchronous", "lists 200 entries of 4 MB and reads one of 20 KB", 6, 800_000),
        new("ZipArchive, asynchronous", "the same", 6, 800_000),
        new("SharpZipLib", "the same", 6, 800_000),
        new("TarReader", "lists 20 entries of 8 MB and reads the last, of 400 KB", 40, 1_500_000),
        new("MetadataExtractor", "reads the EXIF data of a JPEG of 3 MB", 2, 100_000),
        new("ExcelDataReader", "reads 500 rows of a workbook of 2 MB", 5, 400_000),
        new("DocumentFormat.OpenXml", "the same", 5, 400_000),
        new("Mono.Cecil", "reads the type names of an assembly of 8 MB", 10, 4_500_000),
        new("System.Reflection.Metadata", "the same", 8, 2_500_000),
        new("GZipStream", "decompresses a file", 5, 450_000),
        new("JsonDocument", "parses 1.2 MB", 8, 1_300_000),
        new("Utf8JsonReader over PipeReader", "the same", 15, 1_300_000),
        new("PipeReader", "reads 100,000 lines of 1.4 MB", 15, 1_500_000),
        new("Stream.CopyToAsync", "copies 1.4 MB", 6, 1_500_000),
        new("FileStreamResult", "serves a range of 100 KB out of 1.4 MB", 6, 800_000),
    ];

    public static ConsumerCost Of(string consumer) => All.Single(cost => cost.Consumer == consumer);

    public static string Write()
    {
        var text = new StringBuilder();
        text.Append("# Readers of real formats\n\nEach reads through Hctef, over the loopback, with `PrefetchBytes` 65,536 and no other option; a test of its name\n");
        text.Append("asserts that its result is right, and that it takes no more than this. Written by `ConsumerCostsTests`; do not edit.\n\n");
        text.Append("| reader | what it does | requests, at most | bytes moved, at most |\n|---|---|---|---|\n");
        foreach (ConsumerCost cost in All)
            text.Append(CultureInfo.InvariantCulture, $"| {cost.Consumer} | {cost.Work} | {cost.Requests} | {cost.Bytes:N0} |\n");
        return text.ToString();
    }
}
