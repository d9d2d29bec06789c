namespace Hctef.Caching.Distributed;

/// <summary>A record that is to be written.</summary>
/// <param name="CacheKey">Its file.</param>
/// <param name="Address">Which record it is.</param>
/// <param name="Payload">What it holds.</param>
/// <param name="TimeToLive">How long the store keeps it; <see langword="null"/> leaves it to the store.</param>
/// <param name="Evictions">How many evictions there had been when it was offered: after another one it is not written.</param>
internal sealed record PendingWrite(
    string CacheKey, RecordAddress Address, ReadOnlyMemory<byte> Payload, TimeSpan? TimeToLive, long Evictions)
{
    /// <summary>The chunk that the payload lies in; <see langword="null"/> if it is none.</summary>
    public PartialChunk? Chunk { get; init; }
}
