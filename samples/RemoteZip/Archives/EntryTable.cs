using System.Globalization;
using System.IO.Compression;
using RemoteZip.Output;
using Spectre.Console;

namespace RemoteZip.Archives;

/// <summary>Entries as lines of a table: size, packed size, date, name.</summary>
internal static class EntryTable
{
    public static void Write(IAnsiConsole console, IEnumerable<ZipArchiveEntry> entries)
    {
        console.WriteLine($"{"Size",15} {"Packed",15}  {"Modified",-16}  Name");
        foreach (ZipArchiveEntry entry in entries)
            console.WriteLine(LineOf(entry));
    }

    private static string LineOf(ZipArchiveEntry entry) => string.Create(
        CultureInfo.InvariantCulture,
        $"{entry.Length,15:N0} {entry.CompressedLength,15:N0}  {entry.LastWriteTime:yyyy-MM-dd HH:mm}  {PrintableText.Of(entry.FullName)}");
}
