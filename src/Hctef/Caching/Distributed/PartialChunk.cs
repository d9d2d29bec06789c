using System.Buffers;

namespace Hctef.Caching.Distributed;

/// <summary>
/// A chunk that is put together of blocks as they come, in pooled memory. The lock of its <see cref="ChunkAssembly"/> guards it.
/// </summary>
internal sealed class PartialChunk(ChunkId id, int length, long evictions) : IDisposable
{
    private readonly RangeSet _filled = [];
    private byte[]? _pooled = ArrayPool<byte>.Shared.Rent(length);

    public ChunkId Id { get; } = id;

    public int Length { get; } = length;

    /// <summary>How many evictions there had been when its first bytes came; the bytes must not outlive the next one.</summary>
    public long Evictions { get; } = evictions;

    public ReadOnlyMemory<byte> Bytes => _pooled.AsMemory(0, Length);

    public long FilledBytes => _filled.Length;

    public bool IsComplete => _filled.Contains(0, Length);

    public void Add(int offset, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_pooled.AsSpan(offset, Length - offset));
        _filled.Add(offset, offset + bytes.Length);
    }

    /// <summary>Gives its memory back; not done where the store may still read it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pooled, null) is { } pooled)
        {
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }
}
