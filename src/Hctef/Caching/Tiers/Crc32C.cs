using System.Numerics;
using System.Runtime.InteropServices;

namespace Hctef.Caching.Tiers;

/// <summary>
/// The CRC-32C of RFC 3720, section 12.1 (the register as it is, without the inversions at its ends), by the processor's own
/// instruction. That has a latency of three cycles and a throughput of one, so that one block after the other leaves two thirds of it
/// idle: four blocks are computed side by side.
/// </summary>
internal static class Crc32C
{
    private const int Lanes = 4;

    /// <summary>Goes on from the register after earlier bytes.</summary>
    public static uint Append(uint register, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            register = BitOperations.Crc32C(register, Order(word));
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            register = BitOperations.Crc32C(register, rest);
        }

        return register;
    }

    /// <summary>Goes on from one register with each block; the last block may be shorter.</summary>
    /// <param name="registers">One for each block: where it begins, and in the end its checksum.</param>
    /// <param name="bytes">The blocks, one behind the other.</param>
    /// <param name="blockBytes">The size of a block, a multiple of eight.</param>
    public static void AppendBlocks(Span<uint> registers, ReadOnlySpan<byte> bytes, int blockBytes)
    {
        int block = 0;
        for (; (long)(block + Lanes) * blockBytes <= bytes.Length; block += Lanes)
        {
            AppendLanes(registers.Slice(block, Lanes), bytes.Slice(block * blockBytes, Lanes * blockBytes));
        }

        for (; block < registers.Length; block++)
        {
            ReadOnlySpan<byte> rest = bytes[(block * blockBytes)..];
            registers[block] = Append(registers[block], rest[..Math.Min(blockBytes, rest.Length)]);
        }
    }

    private static void AppendLanes(Span<uint> registers, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        int lane = words.Length / Lanes;
        ReadOnlySpan<ulong> first = words[..lane];
        ReadOnlySpan<ulong> second = words.Slice(lane, first.Length);
        ReadOnlySpan<ulong> third = words.Slice(2 * lane, first.Length);
        ReadOnlySpan<ulong> fourth = words.Slice(3 * lane, first.Length);
        (uint a, uint b, uint c, uint d) = (registers[0], registers[1], registers[2], registers[3]);
        for (int i = 0; i < first.Length; i++)
        {
            a = BitOperations.Crc32C(a, Order(first[i]));
            b = BitOperations.Crc32C(b, Order(second[i]));
            c = BitOperations.Crc32C(c, Order(third[i]));
            d = BitOperations.Crc32C(d, Order(fourth[i]));
        }

        (registers[0], registers[1], registers[2], registers[3]) = (a, b, c, d);
    }

    /// <summary>The byte that comes first is the lowest.</summary>
    private static ulong Order(ulong word) =>
        BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);
}
