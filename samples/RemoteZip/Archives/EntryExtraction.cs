using System.IO.Compression;
using RemoteZip.Output;
using Spectre.Console;

namespace RemoteZip.Archives;

/// <summary>Extracts one entry to a local file; progress goes to standard error.</summary>
internal sealed class EntryExtraction(Terminal terminal)
{
    private const string Label = "Extracting";

    public async Task ExtractAsync(ZipArchiveEntry entry, OutputFile file, CancellationToken cancellationToken)
    {
        if (terminal.Progress.Profile.Capabilities.Interactive)
            await CopyWithBarAsync(entry, file, cancellationToken);
        else
            await CopyWithLinesAsync(entry, file, cancellationToken);
        await file.CompleteAsync();
    }

    private Task CopyWithBarAsync(ZipArchiveEntry entry, OutputFile file, CancellationToken cancellationToken) =>
        terminal.Progress.Progress()
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn())
            .StartAsync(progress =>
            {
                ProgressTask task = progress.AddTask(Label, maxValue: entry.Length);
                return EntryReader.CopyAsync(entry, file.Content, copied => task.Value = copied, cancellationToken);
            });

    private Task CopyWithLinesAsync(ZipArchiveEntry entry, OutputFile file, CancellationToken cancellationToken)
    {
        var lines = new ProgressLines(terminal.Progress, Label, entry.Length);
        return EntryReader.CopyAsync(entry, file.Content, lines.Report, cancellationToken);
    }
}
