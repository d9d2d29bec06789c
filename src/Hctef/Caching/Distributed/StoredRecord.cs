namespace Hctef.Caching.Distributed;

/// <summary>A verified record; its memory is valid until it is disposed.</summary>
internal sealed class StoredRecord(StoreValue value, ReadOnlyMemory<byte> payload) : IDisposable
{
    public ReadOnlySpan<byte> Payload => payload.Span;

    public void Dispose() => value.Dispose();
}
