using System.Diagnostics;
using System.IO.Compression;
using Hctef;
using RemoteZip.Output;
using Spectre.Console;

namespace RemoteZip.Archives;

/// <summary>Lists an archive, or extracts one entry of it.</summary>
internal sealed class ArchiveCommand(IRangeReaderFactory files, EntryExtraction extraction, TrafficReport report, Terminal terminal)
{
    public async Task<int> RunAsync(Uri url, string? entryName, string? outputPath, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        await using RemoteArchive archive = await RemoteArchive.OpenAsync(files, url, cancellationToken);
        if (entryName is null)
            EntryTable.Write(terminal.Results, archive.Entries);
        else
            await ExtractAsync(archive.Find(entryName), outputPath, cancellationToken);

        terminal.Results.WriteLine();
        report.WriteLine("Archive", $"{PrintableText.Of(url)}, {ByteSize.Of(archive.Length)}, {archive.Entries.Count} entries");
        report.Write(archive.File, archive.Length, archive.File.GetStatistics(), Stopwatch.GetElapsedTime(started));
        return ExitCode.Success;
    }

    private async Task ExtractAsync(ZipArchiveEntry entry, string? outputPath, CancellationToken cancellationToken)
    {
        await using OutputFile file = OutputFile.Create(outputPath, entry.FullName);
        await extraction.ExtractAsync(entry, file, cancellationToken);
        terminal.Results.WriteLine(
            $"Extracted {PrintableText.Of(entry.FullName)}, {ByteSize.Of(entry.Length)}, CRC-32 {entry.Crc32:x8} verified");
    }
}
