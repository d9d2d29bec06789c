using System.Buffers;

namespace Hctef.Caching;

/// <summary>
/// A run of slots in unmanaged memory, with what is known of each. The memory is freed by its handle's finalizer alone, that is when
/// no reader, pending receive or cache can reach the segment any more: disposing does nothing.
/// </summary>
internal sealed unsafe class BlockSegment : MemoryManager<byte>
{
    private readonly PoolMemory _handle;
    private readonly byte* _memory;
    private readonly int _length;

    public BlockSegment(int slots, int blockBytes)
    {
        BlockBytes = blockBytes;
        _length = checked(slots * blockBytes);
        _handle = new PoolMemory(_length);
        _memory = _handle.Address;
        Slots = new BlockSlot[slots];
        Visits = new byte[slots];
    }

    public int BlockBytes { get; }

    public BlockSlot[] Slots { get; }

    /// <summary>Visits of each slot's block; see <see cref="BlockVisits"/>. Apart from the slots, so that hot reads stay in few lines.</summary>
    public byte[] Visits { get; }

    public ReadOnlySpan<byte> Block(int slot) => new(_memory + ((nint)slot * BlockBytes), BlockBytes);

    public override Span<byte> GetSpan() => new(_memory, _length);

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        // The handle in the pin keeps this segment, and with it the memory, alive.
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return new MemoryHandle(_memory + elementIndex, pinnable: this);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
