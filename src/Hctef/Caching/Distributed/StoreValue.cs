using System.Buffers;

namespace Hctef.Caching.Distributed;

/// <summary>
/// A value as the store gives it: in pooled memory that the store fills, of a bounded size, or in an array of the store's own. Owned by one
/// call at a time. Its memory goes back to the pool only when it is disposed: that of a call which was given up, whose store
/// may write to it at any time, is left to the garbage collector.
/// </summary>
internal sealed class StoreValue : IBufferWriter<byte>, IDisposable
{
    /// <summary>
    /// Room behind the largest value: stores ask for pages, and for another one behind the last byte, to see that it was the last
    /// (that of SQL Server for 8 KiB).
    /// </summary>
    private const int SpareBytes = 64 * 1024;

    private readonly byte[] _bytes;
    private readonly int _capacity;
    private readonly bool _isPooled;
    private int _length;
    private int _disposed;

    /// <summary>Memory for a value of so many bytes at most.</summary>
    public StoreValue(int capacity)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(capacity + SpareBytes);
        _capacity = capacity;
        _isPooled = true;
    }

    /// <summary>What the store has allocated itself.</summary>
    public StoreValue(byte[] bytes)
    {
        _bytes = bytes;
        _capacity = _length = bytes.Length;
    }

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Whether the store has had more to write than there is room: nothing of it counts.</summary>
    public bool IsTooLarge { get; private set; }

    public void Advance(int count)
    {
        if ((uint)count > (uint)(_capacity - _length))
        {
            throw TooLarge();
        }

        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0) =>
        _length < _bytes.Length && sizeHint <= _bytes.Length - _length ? _bytes.AsMemory(_length) : throw TooLarge();

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        if (_isPooled && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }

    private InvalidOperationException TooLarge()
    {
        IsTooLarge = true;
        return new InvalidOperationException("The value is larger than any that Hctef has written.");
    }
}
