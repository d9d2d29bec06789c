using System.Runtime.InteropServices;

namespace Hctef.TestServer.Content;

/// <summary>
/// Bytes as a function of (file name, version, offset): a file of any size that nobody stores and everybody can check. A page of
/// it is <see cref="ContentPattern"/>, turned and masked by what the seed and the page's number mix to: as cheap as a copy, and no
/// two pages, files or versions look alike.
/// </summary>
public sealed class TestContent
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private const int WordBytes = sizeof(ulong);

    private readonly ulong _seed;

    public TestContent(string name, int version = 1)
    {
        ulong seed = Mix((ulong)version * Step);
        foreach (char character in name)
            seed = Mix(seed ^ character);
        _seed = seed;
    }

    public byte ByteAt(long offset)
    {
        long page = offset / ContentPattern.Bytes;
        int within = (int)(offset % ContentPattern.Bytes);
        ulong word = ContentPattern.Words(Turn(page))[within / WordBytes] ^ Mask(page);
        return (byte)(word >> (within % WordBytes * 8));
    }

    public void Fill(Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            long page = offset / ContentPattern.Bytes;
            int within = (int)(offset % ContentPattern.Bytes);
            int count = Math.Min(ContentPattern.Bytes - within, destination.Length);
            FillWithinPage(destination[..count], page, within);
            destination = destination[count..];
            offset += count;
        }
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

    private void FillWithinPage(Span<byte> destination, long page, int within)
    {
        ulong mask = Mask(page);
        ReadOnlySpan<ulong> words = ContentPattern.Words(Turn(page))[(within / WordBytes)..];
        int skip = within % WordBytes;
        if (skip != 0)
        {
            int head = Math.Min(WordBytes - skip, destination.Length);
            FillPart(destination[..head], words[0] ^ mask, skip);
            destination = destination[head..];
            words = words[1..];
        }

        Span<ulong> whole = MemoryMarshal.Cast<byte, ulong>(destination);
        ContentPattern.CopyMasked(words[..whole.Length], mask, whole);
        int rest = destination.Length % WordBytes;
        if (rest != 0)
            FillPart(destination[^rest..], words[whole.Length] ^ mask, skip: 0);
    }

    private static void FillPart(Span<byte> destination, ulong word, int skip)
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] = (byte)(word >> ((skip + i) * 8));
    }

    private int Turn(long page) => (int)(Mask(page ^ long.MinValue) % ContentPattern.WordCount);

    private ulong Mask(long page) => Mix(_seed + ((ulong)page * Step));

    private static ulong Mix(ulong value) => ContentPattern.Mix(value);
}
