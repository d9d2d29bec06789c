using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Hctef.TestServer.Content;

/// <summary>
/// Bytes as a function of (file name, version, offset): a file of any size that nobody stores and everybody can check.
/// Word w of the file (8 bytes, little endian) is a mix of the seed and w.
/// </summary>
public sealed class TestContent
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private const ulong Multiplier = 0xBF58476D1CE4E5B9;
    private const int WordBytes = sizeof(ulong);

    private readonly ulong _seed;

    public TestContent(string name, int version = 1)
    {
        ulong seed = Mix((ulong)version * Step);
        foreach (char character in name)
            seed = Mix(seed ^ character);
        _seed = seed;
    }

    public byte ByteAt(long offset) => (byte)(Word(offset / WordBytes) >> (int)(offset % WordBytes * 8));

    public void Fill(Span<byte> destination, long offset)
    {
        while (offset % WordBytes != 0 && !destination.IsEmpty)
        {
            destination[0] = ByteAt(offset++);
            destination = destination[1..];
        }

        long word = offset / WordBytes;
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(destination);
        for (int i = 0; i < words.Length; i++)
            words[i] = Word(word + i);
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(words, words);

        for (int i = words.Length * WordBytes; i < destination.Length; i++)
            destination[i] = ByteAt(offset + i);
    }

    public bool Matches(ReadOnlySpan<byte> bytes, long offset)
    {
        Span<byte> expected = stackalloc byte[4096];
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(expected.Length, bytes.Length);
            Fill(expected[..count], offset);
            if (!expected[..count].SequenceEqual(bytes[..count]))
                return false;
            bytes = bytes[count..];
            offset += count;
        }

        return true;
    }

    public byte[] ToArray(long offset, int count)
    {
        var bytes = new byte[count];
        Fill(bytes, offset);
        return bytes;
    }

    private ulong Word(long index) => Mix(_seed + ((ulong)index * Step));

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * Multiplier;
        return value ^ (value >> 31);
    }
}
