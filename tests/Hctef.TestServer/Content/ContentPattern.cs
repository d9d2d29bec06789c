using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Hctef.TestServer.Content;

/// <summary>Random words that all generated files are made of. Immutable; kept twice in a row, so that it can be read turned.</summary>
internal static class ContentPattern
{
    public const int Bytes = 32 * 1024;
    public const int WordCount = Bytes / sizeof(ulong);

    private const ulong Step = 0x9E3779B97F4A7C15;
    private const ulong Multiplier = 0xBF58476D1CE4E5B9;

    private static readonly ulong[] Doubled = [.. Enumerable.Range(0, 2 * WordCount).Select(i => Mix((ulong)(1 + (i % WordCount)) * Step))];

    /// <summary>The words of one page, beginning with the given one.</summary>
    public static ReadOnlySpan<ulong> Words(int turn) => Doubled.AsSpan(turn, WordCount);

    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * Multiplier;
        return value ^ (value >> 31);
    }

    /// <summary>Copies words, each combined with a mask; in memory they are little endian.</summary>
    public static void CopyMasked(ReadOnlySpan<ulong> words, ulong mask, Span<ulong> destination)
    {
        ReadOnlySpan<Vector<ulong>> from = MemoryMarshal.Cast<ulong, Vector<ulong>>(words);
        Span<Vector<ulong>> to = MemoryMarshal.Cast<ulong, Vector<ulong>>(destination);
        var masks = new Vector<ulong>(mask);
        for (int i = 0; i < to.Length; i++)
            to[i] = from[i] ^ masks;
        for (int i = to.Length * Vector<ulong>.Count; i < destination.Length; i++)
            destination[i] = words[i] ^ mask;
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(destination, destination);
    }
}
