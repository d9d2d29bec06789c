using System.Security.Cryptography;

namespace Hctef.Caching.Distributed;

/// <summary>What stands for a partition in a record: one can ask whether it is a certain one, and not which.</summary>
internal sealed class PartitionDigest(byte[] digest, StoreKeys keys)
{
    public ReadOnlySpan<byte> Bytes => digest;

    public bool IsOf(string partition) => CryptographicOperations.FixedTimeEquals(digest, keys.DigestOf(partition));
}
