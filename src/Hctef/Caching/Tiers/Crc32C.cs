using System.Numerics;
using System.Runtime.InteropServices;

namespace Hctef.Caching.Tiers;

/// <summary>CRC-32C (Castagnoli; RFC 3720, appendix B.4), by the processor's instruction where it has one.</summary>
internal static class Crc32C
{
    /// <summary>Goes on with more bytes; the checksum of none is zero.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~checksum;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return ~crc;
    }
}
