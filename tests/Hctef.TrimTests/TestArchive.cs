using System.IO.Compression;

namespace Hctef.TrimTests;

/// <summary>A ZIP whose entries do not compress, so that it is worth reading in parts.</summary>
internal static class TestArchive
{
    public const int Entries = 20;

    private const int EntryBytes = 20_000;

    public static byte[] Create()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            for (int i = 0; i < Entries; i++)
            {
                string name = $"entry-{i}.bin";
                using Stream entry = zip.CreateEntry(name).Open();
                entry.Write(ContentOf(name));
            }
        }

        return bytes.ToArray();
    }

    public static byte[] ContentOf(string name)
    {
        byte[] content = new byte[EntryBytes];
        new Random(name.Length + name[^5]).NextBytes(content);
        return content;
    }
}
