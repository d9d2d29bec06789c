using System.Buffers.Binary;
using System.Text;

namespace Hctef.Caching.Tiers;

/// <summary>
/// All that tells a version's bytes from those of others, beyond this process and in time: who may share them, of which file, in which
/// version. It holds secrets (URLs, names of tenants): tiers write hashes of it only.
/// </summary>
/// <param name="CacheKey">The file: its URL without fragment, or the caller's key.</param>
/// <param name="Partition">Whose bytes these are.</param>
/// <param name="Validator">What tells the version: an entity tag, a date, or the caller's word; of different kinds never alike.</param>
/// <param name="Length">The file's length in bytes.</param>
internal sealed record VersionIdentity(string CacheKey, string Partition, string Validator, long Length)
{
    /// <summary>Whether a date is all that tells the version from others.</summary>
    public bool IsByDate { get; init; }

    /// <summary>A record's own would print the secrets.</summary>
    public override string ToString() => nameof(VersionIdentity);

    /// <summary>The identity as bytes, no two alike: what is hashed.</summary>
    public byte[] ToBytes()
    {
        string[] parts = [CacheKey, Partition, Validator];
        byte[] bytes = new byte[sizeof(long) + parts.Sum(static part => sizeof(int) + Encoding.UTF8.GetByteCount(part))];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Length);
        int written = sizeof(long);
        foreach (string part in parts)
        {
            // Each part is led by its length.
            int count = Encoding.UTF8.GetBytes(part, bytes.AsSpan(written + sizeof(int)));
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(written), count);
            written += sizeof(int) + count;
        }

        return bytes;
    }
}
