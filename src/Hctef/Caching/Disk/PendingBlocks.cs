using System.Buffers;

namespace Hctef.Caching.Disk;

/// <summary>A copy of neighbouring blocks that wait to be written, in pooled memory, which goes back when it is disposed.</summary>
internal sealed class PendingBlocks : IDisposable
{
    private readonly int _length;
    private byte[]? _pooled;

    public PendingBlocks(long first, long end, ReadOnlySpan<byte> bytes)
    {
        (First, End, _length) = (first, end, bytes.Length);
        _pooled = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(_pooled);
    }

    public long First { get; }

    public long End { get; }

    public ReadOnlyMemory<byte> Bytes => _pooled.AsMemory(0, _length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pooled, null) is { } pooled)
        {
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }
}
