using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Demo;
using Hctef;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.Options;
using RemoteZip.Archives;
using RemoteZip.Output;
using Spectre.Console;

namespace RemoteZip.Demo;

/// <summary>
/// Serves a large archive on the loopback, lists it and extracts one small entry, and says what that took: the client's own
/// counts, held against the server's log.
/// </summary>
internal sealed class DemoCommand(
    IRangeReaderFactory files, IOptions<HctefOptions> options, TrafficReport report, Terminal terminal)
{
    private const int ShownEntries = 8;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using DemoArchive origin = await DemoArchive.CreateAsync(cancellationToken);
        await using HonestServer server = await HonestServer.StartAsync();
        Uri url = server.Add("collection.zip", origin.Content).Uri;

        long started = Stopwatch.GetTimestamp();
        await using RemoteArchive archive = await RemoteArchive.OpenAsync(files, url, cancellationToken);
        List(archive, url);
        await ExtractAsync(archive, cancellationToken);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);

        await WaitForPrefetchAsync(archive, cancellationToken);
        RemoteFileStatistics statistics = archive.File.GetStatistics();
        report.Write(archive.File, archive.Length, statistics, elapsed);
        Compare(statistics, server.Log);
        return ExitCode.Success;
    }

    private void List(RemoteArchive archive, Uri url)
    {
        EntryTable.Write(terminal.Results, archive.Entries.Take(ShownEntries));
        terminal.Results.WriteLine(Format($"{"",51}(and {archive.Entries.Count - ShownEntries} more)"));
        terminal.Results.WriteLine();
        report.WriteLine("Archive", PrintableText.Of(url));
        report.WriteLine("Size", Format($"{archive.Length:N0} bytes ({ByteSize.Of(archive.Length)})"));
        report.WriteLine("Entries", Format($"{archive.Entries.Count}"));
    }

    private async Task ExtractAsync(RemoteArchive archive, CancellationToken cancellationToken)
    {
        DemoEntry expected = DemoContents.Extracted;
        ZipArchiveEntry entry = archive.Find(expected.Name);
        using var extracted = new MemoryStream();
        await EntryReader.CopyAsync(entry, extracted, onProgress: static _ => { }, cancellationToken);

        var bytes = new byte[expected.Length];
        expected.Fill(bytes, offset: 0);
        if (!extracted.ToArray().AsSpan().SequenceEqual(bytes))
            throw new RemoteZipException($"The bytes of {expected.Name} are not those that the archive was made of.");
        report.WriteLine("Extracted", $"{entry.FullName}, {ByteSize.Of(entry.Length)}, CRC-32 {entry.Crc32:x8} and bytes verified");
    }

    /// <summary>What opening asks in the background is to be counted as a whole: a prefetch of the same range waits for it.</summary>
    private async Task WaitForPrefetchAsync(RemoteArchive archive, CancellationToken cancellationToken)
    {
        RemoteFileOptions defaults = options.Value.FileDefaults;
        long bytes = Math.Min(defaults.PrefetchBytes ?? 0, archive.Length);
        long offset = defaults.PrefetchDirection == PrefetchDirection.Start ? 0 : archive.Length - bytes;
        await archive.File.PrefetchAsync([new ByteRange(offset, bytes)], cancellationToken);
    }

    private void Compare(RemoteFileStatistics statistics, RequestLog log)
    {
        long sent = log.Sum(request => request.BodyBytesSent);
        report.WriteLine("Server log", Format($"{log.Count} requests, {sent:N0} bytes sent"));
        if (log.Count != statistics.Requests || sent != statistics.BytesFetched)
            throw new RemoteZipException("The server's log differs from the client's counts.");
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
