using Hctef.Diagnostics;

namespace Hctef.Caching.Distributed;

/// <summary>What the versions of a tier share.</summary>
/// <param name="Reader">Reads chunks.</param>
/// <param name="Writer">Writes chunks.</param>
/// <param name="Assembly">Puts them together.</param>
/// <param name="Recent">Those that the store was last seen to have, or that are on their way there: none is written twice.</param>
/// <param name="Times">How long reads take.</param>
/// <param name="Counters">Counts.</param>
/// <param name="Time">The clock.</param>
/// <param name="ChunkBytes">The length of a chunk, but for a file's last one.</param>
/// <param name="TimeToLive">How long the store keeps a chunk; <see langword="null"/> leaves it to the store.</param>
internal sealed record ChunkStore(
    StoreReader Reader,
    StoreWriter Writer,
    ChunkAssembly Assembly,
    RecentSet<ChunkId> Recent,
    ReadTimes Times,
    TierCounters Counters,
    TimeProvider Time,
    int ChunkBytes,
    TimeSpan? TimeToLive);
