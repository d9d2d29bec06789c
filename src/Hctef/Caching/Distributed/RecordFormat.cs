using System.Buffers.Binary;
using System.Security.Cryptography;
using Hctef.Caching.Tiers;

namespace Hctef.Caching.Distributed;

/// <summary>
/// How a record lies in the store: a header, with a secret a MAC of the header and the payload, then the payload.
/// </summary>
/// <remarks>
/// The header, little-endian: "HCTF", the format's version, the kind, whether there is a MAC, zero (one byte each), the digest of the
/// address with its generation (32 bytes), the index (8), the payload's length (4), the CRC-32C of header so far and payload (4).
/// All of it is held against what it must be, so that there is no bit whose change is not noticed.
/// </remarks>
internal sealed class RecordFormat(StoreKeys keys)
{
    private const byte Version = 1;
    private const int DigestAt = 8;
    private const int IndexAt = DigestAt + HMACSHA256.HashSizeInBytes;
    private const int LengthAt = IndexAt + sizeof(long);
    private const int ChecksumAt = LengthAt + sizeof(int);
    private const int PlainHeaderBytes = ChecksumAt + sizeof(uint);

    /// <summary>How many bytes lie before the payload, with the MAC.</summary>
    public int HeaderBytes { get; } = PlainHeaderBytes + (keys.MacKey is null ? 0 : HMACSHA256.HashSizeInBytes);

    /// <summary>The header that goes before a payload.</summary>
    public byte[] HeaderOf(RecordAddress address, UInt128 generation, ReadOnlySpan<byte> payload)
    {
        byte[] header = new byte[HeaderBytes];
        "HCTF"u8.CopyTo(header);
        header[4] = Version;
        header[5] = (byte)address.Kind;
        header[6] = keys.MacKey is null ? (byte)0 : (byte)1;
        keys.DigestOf(address, generation).CopyTo(header, DigestAt);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(IndexAt), address.Index);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(LengthAt), payload.Length);
        uint checksum = Crc32C.Append(Crc32C.Append(0, header.AsSpan(0, ChecksumAt)), payload);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(ChecksumAt), checksum);
        if (keys.MacKey is not null)
        {
            using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keys.MacKey);
            mac.AppendData(header.AsSpan(0, PlainHeaderBytes));
            mac.AppendData(payload);
            mac.GetHashAndReset(header.AsSpan(PlainHeaderBytes));
        }

        return header;
    }

    /// <summary>Verifies that bytes from the store are exactly this record.</summary>
    public bool TryOpen(RecordAddress address, UInt128 generation, ReadOnlyMemory<byte> record, out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        if (record.Length < HeaderBytes || !address.Fits(record.Length - HeaderBytes))
        {
            return false;
        }

        // What the header must be follows from the address and the payload alone, whatever the record claims.
        ReadOnlyMemory<byte> candidate = record[HeaderBytes..];
        byte[] expected = HeaderOf(address, generation, candidate.Span);
        if (!CryptographicOperations.FixedTimeEquals(record.Span[..HeaderBytes], expected))
        {
            return false;
        }

        payload = candidate;
        return true;
    }
}
