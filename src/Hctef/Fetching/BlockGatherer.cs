using System.Buffers;

namespace Hctef.Fetching;

/// <summary>
/// Makes whole blocks of bytes that pass by in order, for tiers that keep them; those that were entered in their middle are left out. Used
/// by one thread at a time.
/// </summary>
internal sealed class BlockGatherer(RangeSource source) : IDisposable
{
    private byte[]? _partial;

    /// <summary>The offset of the block that is gathered, and how much of it is there; -1 for none.</summary>
    private long _start = -1;
    private int _filled;

    /// <summary>Bytes have passed.</summary>
    /// <param name="offset">The offset of the first.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="broughtBy">Who has brought them.</param>
    public void Add(long offset, ReadOnlySpan<byte> bytes, int broughtBy)
    {
        if (source.Tiers is not { } tiers || source.Admission is { HasSeenForeign: true })
        {
            return;
        }

        broughtBy = Math.Min(broughtBy, tiers.Count);
        while (!bytes.IsEmpty)
        {
            long block = source.Cache.OffsetOf(source.Cache.BlockOf(offset));
            int size = (int)Math.Min(source.Cache.BlockBytes, source.Length - block);
            int count = offset == block && bytes.Length >= size ? WholeBlocks(offset, bytes.Length) : Math.Min(bytes.Length, size - (int)(offset - block));
            if (offset == block && count >= size)
            {
                tiers.Offer(offset, bytes[..count], broughtBy);
            }
            else if (Gather(block, (int)(offset - block), bytes[..count]) == size)
            {
                tiers.Offer(block, _partial.AsSpan(0, size), broughtBy);
            }

            offset += count;
            bytes = bytes[count..];
        }
    }

    public void Dispose()
    {
        if (_partial is { } partial)
        {
            _partial = null;
            ArrayPool<byte>.Shared.Return(partial);
        }
    }

    /// <summary>As many of the bytes as make whole blocks.</summary>
    private int WholeBlocks(long offset, int length) =>
        offset + length >= source.Length ? (int)(source.Length - offset) : length - (length % source.Cache.BlockBytes);

    /// <summary>Adds bytes to the block that is gathered; returns how much of it is there.</summary>
    private int Gather(long block, int within, ReadOnlySpan<byte> bytes)
    {
        if (within == 0)
        {
            (_start, _filled) = (block, 0);
        }

        if (_start != block || _filled != within)
        {
            _start = -1;
            return 0;
        }

        _partial ??= ArrayPool<byte>.Shared.Rent(source.Cache.BlockBytes);
        bytes.CopyTo(_partial.AsSpan(within));
        return _filled += bytes.Length;
    }
}
