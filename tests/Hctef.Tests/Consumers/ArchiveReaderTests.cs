using System.Formats.Tar;
using System.IO.Compression;

namespace Hctef.Tests.Consumers;

/// <summary>Archives: their directories are small, their entries far apart.</summary>
public sealed class ArchiveReaderTests
{
    private const int Entry = 120;

    [Fact]
    public async Task ZipArchive_reads_an_entry_synchronously()
    {
        await using ConsumerRig rig = await ConsumerRig.OpenAsync("ZipArchive, synchronous", SampleFiles.Zip());
        using RemoteFileStream stream = rig.File.OpenStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Read))
        {
            Assert.Equal(SampleFiles.Entries, zip.Entries.Count);
            using Stream entry = zip.GetEntry(SampleFiles.NameOf(Entry))!.Open();
            using var content = new MemoryStream();
            entry.CopyTo(content);
            Assert.Equal(SampleFiles.ContentOf(Entry), content.ToArray());
        }

        await rig.AssertCostAsync();
    }

    [Fact]
    public async Task ZipArchive_reads_an_entry_asynchronously()
    {
        await using ConsumerRig rig = await ConsumerRig.OpenAsync("ZipArchive, asynchronous", SampleFiles.Zip());
        await using RemoteFileStream stream = await rig.OpenStreamAsync();
        await using (ZipArchive zip = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null))
        {
            Assert.Equal(SampleFiles.Entries, zip.Entries.Count);
            await using Stream entry = await zip.GetEntry(SampleFiles.NameOf(Entry))!.OpenAsync();
            using var content = new MemoryStream();
            await entry.CopyToAsync(content);
            Assert.Equal(SampleFiles.ContentOf(Entry), content.ToArray());
        }

        await rig.AssertCostAsync();
    }

    [Fact]
    public async Task SharpZipLib_reads_an_entry()
    {
        await using ConsumerRig rig = await ConsumerRig.OpenAsync("SharpZipLib", SampleFiles.Zip());
        await using RemoteFileStream stream = await rig.OpenStreamAsync();
        using (var zip = new ICSharpCode.SharpZipLib.Zip.ZipFile(stream))
        {
            Assert.Equal(SampleFiles.Entries, zip.Count);
            using Stream entry = zip.GetInputStream(zip.GetEntry(SampleFiles.NameOf(Entry)));
            using var content = new MemoryStream();
            entry.CopyTo(content);
            Assert.Equal(SampleFiles.ContentOf(Entry), content.ToArray());
        }

        await rig.AssertCostAsync();
    }

    [Fact]
    public async Task TarReader_lists_and_reads_the_last_entry()
    {
        await using ConsumerRig rig = await ConsumerRig.OpenAsync("TarReader", SampleFiles.Tar(), PrefetchDirection.Start);
        await using RemoteFileStream stream = await rig.OpenStreamAsync();
        await using (var tar = new TarReader(stream, leaveOpen: true))
        {
            int last = (SampleFiles.Entries / 10) - 1;
            for (int i = 0; i <= last; i++)
            {
                TarEntry entry = (await tar.GetNextEntryAsync())!;
                Assert.Equal(SampleFiles.NameOf(i), entry.Name);
                if (i == last)
                {
                    using var content = new MemoryStream();
                    await entry.DataStream!.CopyToAsync(content);
                    Assert.Equal(SampleFiles.ContentOf(last, 20 * SampleFiles.EntryBytes), content.ToArray());
                }
            }
        }

        await rig.AssertCostAsync();
    }
}
