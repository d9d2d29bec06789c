using System.Buffers.Binary;
using Hctef.Caching.Tiers;

namespace Hctef.Caching.Disk;

/// <summary>
/// The beginning of a pack; the blocks follow, one behind the other. Little-endian: magic (8 bytes), format version, length of the header,
/// bytes of a block, number of ranges, number of blocks, zero (4 each); length of the file, seconds of the pack's creation (8 each); the
/// version's identity (32); first block and number of blocks of each range (8 each); the CRC-32C of each block; that of all before (4).
/// </summary>
internal sealed class PackHeader
{
    public const int FixedBytes = 80;
    public const uint FormatVersion = 1;

    // 8 MiB of blocks of 512 bytes: what bounds the memory that a header may take.
    private const int MaxBlocks = 16_384;
    private const int RangeBytes = 2 * sizeof(long);

    private PackHeader(PackRange[] ranges, uint[] checksums, long created)
    {
        (Ranges, Checksums, Created) = (ranges, checksums, created);
    }

    public PackRange[] Ranges { get; }

    /// <summary>One for each block, in the order of the blocks.</summary>
    public uint[] Checksums { get; }

    public long Created { get; }

    /// <summary>Where the blocks begin.</summary>
    public int Length => LengthOf(Ranges.Length, Checksums.Length);

    /// <summary>Tells two headers of one version apart.</summary>
    public uint Checksum { get; private set; }

    private static ReadOnlySpan<byte> Magic => "HCTEFPAK"u8;

    /// <summary>What a header for these ranges, blocks and checksums is.</summary>
    public static byte[] Write(VersionKeys keys, PackRange[] ranges, uint[] checksums, long created)
    {
        byte[] bytes = new byte[LengthOf(ranges.Length, checksums.Length)];
        Span<byte> rest = bytes;
        Magic.CopyTo(rest);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[8..], FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(rest[12..], bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(rest[16..], keys.BlockBytes);
        BinaryPrimitives.WriteInt32LittleEndian(rest[20..], ranges.Length);
        BinaryPrimitives.WriteInt32LittleEndian(rest[24..], checksums.Length);
        BinaryPrimitives.WriteInt64LittleEndian(rest[32..], keys.FileLength);
        BinaryPrimitives.WriteInt64LittleEndian(rest[40..], created);
        keys.Identity.CopyTo(rest[48..]);
        rest = rest[FixedBytes..];
        foreach (PackRange range in ranges)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, range.First);
            BinaryPrimitives.WriteInt64LittleEndian(rest[sizeof(long)..], range.Count);
            rest = rest[RangeBytes..];
        }

        foreach (uint checksum in checksums)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(rest, checksum);
            rest = rest[sizeof(uint)..];
        }

        BinaryPrimitives.WriteUInt32LittleEndian(rest, ChecksumOf(bytes));
        return bytes;
    }

    /// <summary>
    /// How long the header is that begins so; 0 if these bytes begin no header of this format. Every number is held against its bounds
    /// before memory is taken by it.
    /// </summary>
    public static int LengthOf(ReadOnlySpan<byte> fixedPart, out bool isOtherFormat)
    {
        isOtherFormat = false;
        if (fixedPart.Length < FixedBytes || !fixedPart.StartsWith(Magic))
        {
            return 0;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(fixedPart[8..]) != FormatVersion)
        {
            isOtherFormat = true;
            return 0;
        }

        int ranges = BinaryPrimitives.ReadInt32LittleEndian(fixedPart[20..]);
        int blocks = BinaryPrimitives.ReadInt32LittleEndian(fixedPart[24..]);
        int length = BinaryPrimitives.ReadInt32LittleEndian(fixedPart[12..]);
        bool isPossible = blocks is > 0 and <= MaxBlocks && ranges > 0 && ranges <= blocks;
        return isPossible && length == LengthOf(ranges, blocks) ? length : 0;
    }

    /// <summary>What a whole header says.</summary>
    /// <param name="bytes">The header, as long as <see cref="LengthOf(ReadOnlySpan{byte}, out bool)"/> says.</param>
    /// <param name="keys">The version that it should be of.</param>
    /// <param name="fileBytes">The length of the pack.</param>
    /// <param name="isOtherVersion">Whether the header is sound, but another version's.</param>
    /// <returns><see langword="null"/> if it is damaged, or of another version, or the pack is not as long as it says.</returns>
    public static PackHeader? Parse(ReadOnlySpan<byte> bytes, VersionKeys keys, long fileBytes, out bool isOtherVersion)
    {
        isOtherVersion = false;
        ReadOnlySpan<byte> identity = bytes.Slice(48, VersionKeys.IdentityBytes);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) != ChecksumOf(bytes)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]) != 0)
        {
            return null;
        }

        isOtherVersion = !identity.SequenceEqual(keys.Identity)
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]) != keys.BlockBytes
            || BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]) != keys.FileLength;
        if (isOtherVersion)
        {
            return null;
        }

        PackRange[]? ranges = ParseRanges(bytes, keys);
        if (ranges is null || fileBytes != bytes.Length + DataBytes(ranges, keys))
        {
            return null;
        }

        uint[] checksums = new uint[BinaryPrimitives.ReadInt32LittleEndian(bytes[24..])];
        ReadOnlySpan<byte> rest = bytes[(FixedBytes + (ranges.Length * RangeBytes))..];
        for (int i = 0; i < checksums.Length; i++)
        {
            checksums[i] = BinaryPrimitives.ReadUInt32LittleEndian(rest[(i * sizeof(uint))..]);
        }

        return new PackHeader(ranges, checksums, BinaryPrimitives.ReadInt64LittleEndian(bytes[40..])) { Checksum = ChecksumOf(bytes) };
    }

    /// <summary>The bytes of all blocks.</summary>
    public static long DataBytes(PackRange[] ranges, VersionKeys keys) => ranges.Sum(range => keys.BytesOf(range.First, range.End));

    private static int LengthOf(int ranges, int blocks) => FixedBytes + (ranges * RangeBytes) + ((blocks + 1) * sizeof(uint));

    private static uint ChecksumOf(ReadOnlySpan<byte> header) => Crc32C.Append(~0u, header[..^sizeof(uint)]);

    /// <summary>The ranges, if they are in order, apart, inside the file, and as many blocks as the header says.</summary>
    private static PackRange[]? ParseRanges(ReadOnlySpan<byte> bytes, VersionKeys keys)
    {
        var ranges = new PackRange[BinaryPrimitives.ReadInt32LittleEndian(bytes[20..])];
        int blocks = BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]);
        int ordinal = 0;
        long least = 0;
        for (int i = 0; i < ranges.Length; i++)
        {
            ReadOnlySpan<byte> range = bytes.Slice(FixedBytes + (i * RangeBytes), RangeBytes);
            long first = BinaryPrimitives.ReadInt64LittleEndian(range);
            long count = BinaryPrimitives.ReadInt64LittleEndian(range[sizeof(long)..]);
            if (first < least || count <= 0 || count > blocks - ordinal || first > keys.Blocks - count)
            {
                return null;
            }

            ranges[i] = new PackRange(first, (int)count, ordinal);
            ordinal += (int)count;
            least = first + count;
        }

        return ordinal == blocks ? ranges : null;
    }
}
