using System.Buffers.Binary;
using System.IO.Compression;

namespace Hctef.Tests.Samples;

/// <summary>Archives for the sample to read.</summary>
internal static class SampleZip
{
    private const int DirectorySignature = 0x02014b50;
    private const int UnpackedSizeOffset = 24;

    public static byte[] Stored(params (string Name, byte[] Content)[] entries) => Create(CompressionLevel.NoCompression, entries);

    public static byte[] Packed(params (string Name, byte[] Content)[] entries) => Create(CompressionLevel.Fastest, entries);

    /// <summary>Changes the unpacked size that the directory states of the first entry.</summary>
    public static byte[] WithStatedSize(byte[] zip, int size)
    {
        Span<byte> signature = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(signature, DirectorySignature);
        int directory = zip.AsSpan().IndexOf(signature);
        BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(directory + UnpackedSizeOffset), size);
        return zip;
    }

    private static byte[] Create(CompressionLevel level, (string Name, byte[] Content)[] entries)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream stream = zip.CreateEntry(name, level).Open();
                stream.Write(content);
            }
        }

        return file.ToArray();
    }
}
