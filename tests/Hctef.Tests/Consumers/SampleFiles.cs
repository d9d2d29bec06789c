using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Hctef.Tests.Consumers;

/// <summary>Files of the formats that the readers know, the same each time.</summary>
internal static class SampleFiles
{
    public const int Entries = 200;
    public const int EntryBytes = 20_000;
    public const int Rows = 500;
    public const int Lines = 100_000;
    public const string CameraMake = "Hctef";

    /// <summary>Some 4 MB, since its entries do not compress.</summary>
    public static byte[] Zip()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            for (int i = 0; i < Entries; i++)
            {
                using Stream entry = zip.CreateEntry(NameOf(i), CompressionLevel.Fastest).Open();
                entry.Write(ContentOf(i));
            }
        }

        return bytes.ToArray();
    }

    public static byte[] Tar()
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            for (int i = 0; i < Entries / 10; i++)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, NameOf(i)) { DataStream = new MemoryStream(ContentOf(i, 20 * EntryBytes)) });
        }

        return bytes.ToArray();
    }

    public static byte[] Workbook()
    {
        using var bytes = new MemoryStream();
        using (var document = SpreadsheetDocument.Create(bytes, SpreadsheetDocumentType.Workbook))
        {
            WorkbookPart book = document.AddWorkbookPart();
            WorksheetPart sheet = book.AddNewPart<WorksheetPart>();
            sheet.Worksheet = new Worksheet(new SheetData(Enumerable.Range(1, Rows).Select(RowOf)));
            book.Workbook = new Workbook(new Sheets(new Sheet { Id = book.GetIdOfPart(sheet), SheetId = 1, Name = "Rows" }));

            // What a reader of rows need not look at.
            EmbeddedPackagePart ballast = sheet.AddEmbeddedPackagePart("application/octet-stream");
            using var content = new MemoryStream(ContentOf(7, 2_000_000));
            ballast.FeedData(content);
        }

        return bytes.ToArray();
    }

    public static byte[] GZip()
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
            gzip.Write(Text());
        return bytes.ToArray();
    }

    public static byte[] Text() => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, Lines).Select(static i => $"line {i:D8}\n")));

    public static byte[] Json() => Encoding.ASCII.GetBytes($"[{string.Join(',', Enumerable.Range(0, Lines).Select(static i => $"{{\"n\":{i}}}"))}]");

    /// <summary>Start, an APP1 segment with one TIFF directory whose one entry is the camera's make, and picture data that nobody decodes.</summary>
    public static byte[] Jpeg()
    {
        byte[] make = Encoding.ASCII.GetBytes(CameraMake + "\0");
        byte[] tiff =
        [
            .. "MM\0*"u8, 0, 0, 0, 8, 0, 1,
            0x01, 0x0F, 0, 2, 0, 0, 0, (byte)make.Length, 0, 0, 0, 26,
            0, 0, 0, 0, .. make,
        ];
        byte[] exif = [.. "Exif\0\0"u8, .. tiff];
        byte[] frame = [0xFF, 0xC0, 0, 11, 8, 0, 16, 0, 16, 1, 1, 0x11, 0];
        byte[] scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0];
        return [0xFF, 0xD8, 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. frame, .. scan, .. new byte[3_000_000], 0xFF, 0xD9];
    }

    public static string NameOf(int entry) => $"folder/entry-{entry:D3}.bin";

    public static byte[] ContentOf(int entry, int length = EntryBytes)
    {
        byte[] content = new byte[length];
        new Random(entry).NextBytes(content);
        return content;
    }

    private static Row RowOf(int number) => new(
        new Cell { CellReference = $"A{number}", DataType = CellValues.Number, CellValue = new CellValue(number) },
        new Cell { CellReference = $"B{number}", DataType = CellValues.InlineString, InlineString = new InlineString(new Text($"row {number}")) })
    {
        RowIndex = (uint)number,
    };
}
