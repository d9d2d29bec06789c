using System.Buffers;

namespace Hctef.Caching.Tiers;

/// <summary>Verified bytes of a version, in pooled memory that goes back when the run is disposed.</summary>
internal sealed class TierRun : IDisposable
{
    private readonly int _length;
    private byte[]? _pooled;

    private TierRun(long start, byte[] pooled, int length)
    {
        (Start, _pooled, _length) = (start, pooled, length);
    }

    /// <summary>The offset of the first byte in the file.</summary>
    public long Start { get; }

    /// <summary>The offset behind the last.</summary>
    public long End => Start + _length;

    /// <summary>The bytes, for whoever owns the run.</summary>
    public Memory<byte> Bytes => _pooled.AsMemory(0, _length);

    /// <summary>Takes memory for a run, which its owner fills.</summary>
    public static TierRun Rent(long start, int length) => new(start, ArrayPool<byte>.Shared.Rent(length), length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pooled, null) is { } pooled)
        {
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }
}
