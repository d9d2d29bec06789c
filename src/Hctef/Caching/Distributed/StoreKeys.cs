using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Hctef.Caching.Distributed;

/// <summary>
/// The keyed hashes under which all else is known outside of the process: HMAC-SHA256 (RFC 2104), with a key of its own for each use. With
/// a secret of the caller's, nobody else can compute them; without, the names only tell nothing by themselves.
/// </summary>
internal sealed class StoreKeys
{
    private const string NamePrefix = "hctef:1:";
    private const int GenerationBytes = 16;

    private readonly byte[] _nameKey;
    private readonly byte[] _digestKey;
    private readonly byte[] _partitionKey;

    /// <summary>Derives the keys.</summary>
    /// <param name="secret">The caller's secret in Base64; <see langword="null"/> for none.</param>
    public StoreKeys(string? secret)
    {
        byte[] main = secret is null ? "hctef without a secret"u8.ToArray() : Convert.FromBase64String(secret);
        _nameKey = HMACSHA256.HashData(main, "names"u8);
        _digestKey = HMACSHA256.HashData(main, "digests"u8);
        _partitionKey = HMACSHA256.HashData(main, "partitions"u8);
        MacKey = secret is null ? null : HMACSHA256.HashData(main, "records"u8);
    }

    /// <summary>What records are signed with; <see langword="null"/> where they are not.</summary>
    public byte[]? MacKey { get; }

    /// <summary>The key of a record in the store: letters, digits, colons, dashes and underscores, 53 in all.</summary>
    public string NameOf(RecordAddress address, UInt128 generation) =>
        $"{NamePrefix}{(char)address.Kind}:{Base64Url.EncodeToString(Hash(_nameKey, address, generation))}";

    /// <summary>What a record says of itself: the whole identity of what it is about, in 256 bits.</summary>
    public byte[] DigestOf(RecordAddress address, UInt128 generation) => Hash(_digestKey, address, generation);

    /// <summary>What stands for a partition in a record.</summary>
    public byte[] DigestOf(string partition) => HMACSHA256.HashData(_partitionKey, Encoding.UTF8.GetBytes(partition));

    private static byte[] Hash(byte[] key, RecordAddress address, UInt128 generation)
    {
        // Of a fixed length up to the subject, which comes last: no two addresses are the same bytes.
        byte[] bytes = new byte[1 + GenerationBytes + sizeof(long) + address.Subject.Length];
        bytes[0] = (byte)address.Kind;
        BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(1), generation);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1 + GenerationBytes), address.Index);
        address.Subject.CopyTo(bytes.AsSpan(1 + GenerationBytes + sizeof(long)));
        return HMACSHA256.HashData(key, bytes);
    }
}
