using System.Buffers.Binary;
using System.Text;
using Hctef.Caching.Tiers;

namespace Hctef.Caching.Disk;

/// <summary>
/// What names a version on the disk: hashes by the folder's secret, since names and headers must not tell URLs, tenants or tags, nor
/// whether a guess of these is right.
/// </summary>
internal sealed class VersionKeys
{
    public const int IdentityBytes = 32;

    private VersionKeys(string fileKey, string versionKey, byte[] identity, int blockBytes, long fileLength)
    {
        (FileKey, VersionKey, Identity, BlockBytes, FileLength) = (fileKey, versionKey, identity, blockBytes, fileLength);
        Seed = Crc32C.Append(~0u, identity);
    }

    /// <summary>Names the file, in the names of packs.</summary>
    public string FileKey { get; }

    /// <summary>Names the version, in the names of packs.</summary>
    public string VersionKey { get; }

    /// <summary>Names the version in the headers of packs, independently of the names.</summary>
    public byte[] Identity { get; }

    public int BlockBytes { get; }

    public long FileLength { get; }

    public long Blocks => (FileLength / BlockBytes) + (FileLength % BlockBytes == 0 ? 0 : 1);

    /// <summary>The register with which checksums of this version begin.</summary>
    public uint Seed { get; }

    /// <summary>What the names of all its packs begin with.</summary>
    public string Prefix => $"{FileKey}-{VersionKey}-";

    public static VersionKeys Of(VersionIdentity identity, int blockBytes, byte[] secret, KeyedHash hash)
    {
        byte[] bytes = [.. identity.ToBytes(), .. new byte[sizeof(int)]];
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(bytes.Length - sizeof(int)), blockBytes);
        return new VersionKeys(
            FileKeyOf(identity.CacheKey, secret, hash),
            NamePart(Hash("version", bytes, secret, hash)),
            Hash("identity", bytes, secret, hash),
            blockBytes,
            identity.Length);
    }

    public static string FileKeyOf(string cacheKey, byte[] secret, KeyedHash hash) =>
        NamePart(Hash("file", Encoding.UTF8.GetBytes(cacheKey), secret, hash));

    /// <summary>
    /// The register with which the checksum of a block begins. It says of which version and where the block is, so that no other passes
    /// for it, even one with the same bytes: different registers stay different under the same bytes.
    /// </summary>
    public uint SeedOf(long block) => System.Numerics.BitOperations.Crc32C(Seed, (ulong)block);

    /// <summary>The bytes of a run of blocks; the file's last block may be shorter.</summary>
    public long BytesOf(long first, long end) => OffsetOf(end) - OffsetOf(first);

    /// <summary>Where a block begins; behind the last, where the file ends.</summary>
    public long OffsetOf(long block) => block < Blocks ? block * BlockBytes : FileLength;

    private static byte[] Hash(string label, byte[] bytes, byte[] secret, KeyedHash hash) =>
        hash(secret, [.. Encoding.ASCII.GetBytes(label), 0, .. bytes]);

    private static string NamePart(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, PackName.KeyDigits / 2));
}
