using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using ExcelDataReader;
using MetadataExtractor;
using MetadataExtractor.Formats.Exif;

namespace Hctef.Tests.Consumers;

/// <summary>Documents, pictures and programs: what is wanted of them is a small part.</summary>
public sealed class DocumentReaderTests
{
    private static readonly byte[] Assembly = File.ReadAllBytes(typeof(XmlDocument).Assembly.Location);

    [Fact]
    public async Task MetadataExtractor_reads_the_camera_of_a_picture()
    {
        await using ConsumerRig rig = await ConsumerRig.OpenAsync("MetadataExtractor", SampleFiles.Jpeg(), PrefetchDirection.Start);
        await using RemoteFileStream stream = await rig.OpenStreamAsync();
        ExifIfd0Directory exif = ImageMetadataReader.ReadMetadata(stream).OfType<ExifIfd0Directory>().Single();

        Assert.Equal(SampleFiles.CameraMake, exif.GetDescription(ExifDirectoryBase.TagMake));
        await rig.AssertCostAsync();
    }

    [Fact]
    public async Task ExcelDataReader_reads_rows()
    {
        await using ConsumerRig rig = await ConsumerRig.OpenAsync("ExcelDataReader", SampleFiles.Workbook());
        await using RemoteFileStream stream = await rig.OpenStreamAsync();
        using (IExcelDataReader reader = ExcelReaderFactory.CreateOpenXmlReader(stream))
        {
            for (int i = 1; i <= SampleFiles.Rows; i++)
            {
                Assert.True(reader.Read());
                Assert.Equal(((double)i, $"row {i}"), (reader.GetDouble(0), reader.GetString(1)));
            }

            Assert.False(reader.Read());
        }

        await rig.AssertCostAsync();
    }

    [Fact]
    public async Task OpenXml_reads_rows()
    {
        await using ConsumerRig rig = await ConsumerRig.OpenAsync("DocumentFormat.OpenXml", SampleFiles.Workbook());
        await using RemoteFileStream stream = await rig.OpenStreamAsync();
        using (var document = SpreadsheetDocument.Open(stream, isEditable: false))
        {
            Row[] rows = [.. document.WorkbookPart!.WorksheetParts.Single().Worksheet.Descendants<Row>()];
            Assert.Equal(SampleFiles.Rows, rows.Length);
            Assert.All(rows, static row => Assert.Equal($"{row.RowIndex}row {row.RowIndex}", row.InnerText));
        }

        await rig.AssertCostAsync();
    }

    [Fact]
    public async Task Cecil_reads_the_types_of_an_assembly()
    {
        await using ConsumerRig rig = await ConsumerRig.OpenAsync("Mono.Cecil", Assembly);
        await using RemoteFileStream stream = await rig.OpenStreamAsync();
        using (var module = Mono.Cecil.ModuleDefinition.ReadModule(stream, new Mono.Cecil.ReaderParameters(Mono.Cecil.ReadingMode.Deferred)))
            Assert.Contains(module.Types, static type => type.FullName == typeof(XmlDocument).FullName);

        await rig.AssertCostAsync();
    }

    [Fact]
    public async Task MetadataReader_reads_the_types_of_an_assembly()
    {
        await using ConsumerRig rig = await ConsumerRig.OpenAsync("System.Reflection.Metadata", Assembly);
        await using RemoteFileStream stream = await rig.OpenStreamAsync();
        using (var assembly = new PEReader(stream, PEStreamOptions.LeaveOpen))
        {
            MetadataReader metadata = assembly.GetMetadataReader();
            Assert.Contains(
                metadata.TypeDefinitions,
                type => metadata.GetString(metadata.GetTypeDefinition(type).Name) == nameof(XmlDocument));
        }

        await rig.AssertCostAsync();
    }
}
