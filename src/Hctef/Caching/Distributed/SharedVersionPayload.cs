using System.Text;

namespace Hctef.Caching.Distributed;

/// <summary>How a version lies in its record: a time, numbers, and texts led by their lengths (by <see cref="BinaryWriter"/>).</summary>
internal static class SharedVersionPayload
{
    /// <summary>Versions that would take more are not shared.</summary>
    public const int MostBytes = 4096;

    private const int DigestBytes = 32;
    private const int MostTagLength = 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The version as bytes; <see langword="null"/> if it is too large, or no text that can be written.</summary>
    public static byte[]? Write(SharedVersion version, DateTimeOffset now)
    {
        if (version.EntityTag?.Length > MostTagLength)
        {
            return null;
        }

        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Strict);
        try
        {
            writer.Write(now.UtcTicks);
            writer.Write(version.Length);
            writer.Write(version.LastModifiedIsStrong);
            writer.Write(version.PartitionIsAskers);
            writer.Write(version.Partition.Bytes);
            WriteText(writer, version.EntityTag);
            WriteText(writer, version.LastModifiedRaw);
            WriteText(writer, version.ContentType);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }

        return bytes.Length <= MostBytes ? bytes.ToArray() : null;
    }

    /// <summary>The version and when it was written; <see langword="null"/> if the bytes are none.</summary>
    public static (SharedVersion Version, long WrittenTicks)? Read(ReadOnlySpan<byte> payload, StoreKeys keys)
    {
        using var bytes = new MemoryStream(payload.ToArray());
        using var reader = new BinaryReader(bytes, Strict);
        try
        {
            long written = reader.ReadInt64();
            var version = new SharedVersion
            {
                Length = reader.ReadInt64(),
                LastModifiedIsStrong = reader.ReadBoolean(),
                PartitionIsAskers = reader.ReadBoolean(),
                Partition = new PartitionDigest(reader.ReadBytes(DigestBytes), keys),
                EntityTag = ReadText(reader),
                LastModifiedRaw = ReadText(reader),
                ContentType = ReadText(reader),
            };
            return version.Length >= 0 && bytes.Position == bytes.Length ? (version, written) : null;
        }
        catch (Exception failure) when (failure is IOException or FormatException or ArgumentException)
        {
            // Whole by its checksum, and yet not what Hctef writes: without a secret anybody can write that.
            return null;
        }
    }

    private static void WriteText(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null)
        {
            writer.Write(text);
        }
    }

    private static string? ReadText(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;
}
