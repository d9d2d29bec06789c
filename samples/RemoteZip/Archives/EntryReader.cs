using System.IO.Compression;

namespace RemoteZip.Archives;

/// <summary>Unpacks one entry and holds it against the length and the checksum that the archive's directory states.</summary>
internal static class EntryReader
{
    private const int BufferBytes = 128 * 1024;

    public static async Task CopyAsync(
        ZipArchiveEntry entry, Stream destination, Action<long> onProgress, CancellationToken cancellationToken)
    {
        await using Stream source = await entry.OpenAsync(cancellationToken);
        var buffer = new byte[BufferBytes];
        var crc = new Crc32();
        long copied = 0;
        while (await source.ReadAsync(buffer, cancellationToken) is var count && count > 0)
        {
            // Before anything is written: a small entry must not unpack to more than it states.
            copied += count;
            if (copied > entry.Length)
                throw new RemoteZipException("The entry is damaged: it is longer than the archive says.");
            crc.Append(buffer.AsSpan(0, count));
            await destination.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            onProgress(copied);
        }

        if (copied < entry.Length)
            throw new RemoteZipException("The entry is damaged: it is shorter than the archive says.");
        if (crc.Value != entry.Crc32)
            throw new RemoteZipException("The entry is damaged: its checksum (CRC-32) differs from what the archive says.");
    }
}
