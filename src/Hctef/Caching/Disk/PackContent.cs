using Hctef.Caching.Tiers;

namespace Hctef.Caching.Disk;

/// <summary>What is to be written as one pack: blocks in the order of the file, neighbours in one range.</summary>
internal sealed class PackContent
{
    private readonly List<(long First, long End, ReadOnlyMemory<byte> Bytes)> _parts;

    private PackContent(List<(long First, long End, ReadOnlyMemory<byte> Bytes)> parts)
    {
        _parts = parts;
        Ranges = RangesOf(parts);
    }

    public PackRange[] Ranges { get; }

    public IEnumerable<ReadOnlyMemory<byte>> Parts => _parts.Select(static part => part.Bytes);

    /// <summary>Blocks that wait, without those that the folder has by now.</summary>
    public static PackContent Of(List<PendingBlocks> pending, VersionPacks packs)
    {
        var parts = new List<(long First, long End, ReadOnlyMemory<byte> Bytes)>();
        foreach (PendingBlocks blocks in pending)
        {
            foreach ((long first, long end) in packs.Missing(blocks.First, blocks.End))
            {
                int offset = (int)packs.Keys.BytesOf(blocks.First, first);
                parts.Add((first, end, blocks.Bytes.Slice(offset, (int)packs.Keys.BytesOf(first, end))));
            }
        }

        parts.Sort(static (one, other) => one.First.CompareTo(other.First));
        return new PackContent(parts);
    }

    public uint[] Checksums(VersionKeys keys)
    {
        uint[] checksums = new uint[_parts.Sum(static part => part.End - part.First)];
        Span<uint> rest = checksums;
        foreach ((long first, long end, ReadOnlyMemory<byte> bytes) in _parts)
        {
            Span<uint> registers = rest[..(int)(end - first)];
            for (int i = 0; i < registers.Length; i++)
            {
                registers[i] = keys.SeedOf(first + i);
            }

            Crc32C.AppendBlocks(registers, bytes.Span, keys.BlockBytes);
            rest = rest[registers.Length..];
        }

        return checksums;
    }

    private static PackRange[] RangesOf(List<(long First, long End, ReadOnlyMemory<byte> Bytes)> parts)
    {
        var ranges = new List<PackRange>();
        int blocks = 0;
        foreach ((long first, long end, _) in parts)
        {
            int count = (int)(end - first);
            if (ranges.Count > 0 && ranges[^1].End == first)
            {
                ranges[^1] = ranges[^1] with { Count = ranges[^1].Count + count };
            }
            else
            {
                ranges.Add(new PackRange(first, count, blocks));
            }

            blocks += count;
        }

        return [.. ranges];
    }
}
