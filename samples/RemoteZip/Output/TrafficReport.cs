using System.Globalization;
using Hctef;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace RemoteZip.Output;

/// <summary>Says what reading an archive has cost: requests, bytes, time, and which parts of the file came.</summary>
internal sealed class TrafficReport(IOptions<HctefOptions> options, Terminal terminal)
{
    public void WriteLine(string label, string text) =>
        terminal.Results.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{label,-10} {text}"));

    public void Write(IRemoteFile file, long length, RemoteFileStatistics statistics, TimeSpan elapsed)
    {
        double share = length == 0 ? 0 : (double)statistics.BytesFetched / length;
        WriteLine("Requests", Format($"{statistics.Requests}"));
        WriteLine("Moved", Format($"{statistics.BytesFetched:N0} bytes ({ByteSize.Of(statistics.BytesFetched)})"));
        WriteLine("Share", Format($"{share * 100:0.00} % of the file"));
        WriteLine("Time", Format($"{elapsed.TotalMilliseconds:N0} ms"));
        WriteMap(file.GetCachedRanges(), length, statistics.BytesFetched);
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void WriteMap(IReadOnlyList<ByteRange> cached, long length, long bytesFetched)
    {
        // More than the cache holds: what was evicted since is not in the picture.
        string label = bytesFetched > options.Value.Cache.MemoryBytes ? "In cache" : "Fetched";
        var line = new Paragraph($"{label,-10} [");
        foreach (char cell in FetchedMap.Draw(cached, length, terminal.Results.Profile.Capabilities.Unicode))
            line.Append(cell.ToString(), new Style(FetchedMap.IsFetched(cell) ? Color.Green : Color.Grey));
        line.Append("]\n");
        terminal.Results.Write(line);
    }
}
