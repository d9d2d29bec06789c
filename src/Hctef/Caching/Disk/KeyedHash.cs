namespace Hctef.Caching.Disk;

/// <summary>A keyed hash of 256 bits, HMAC-SHA256 (RFC 2104) but in tests that force collisions.</summary>
internal delegate byte[] KeyedHash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data);
