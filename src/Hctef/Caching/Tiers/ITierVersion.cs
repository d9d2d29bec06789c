namespace Hctef.Caching.Tiers;

/// <summary>What a tier keeps of one version of a file. Like its tier, it never throws, but for the caller's own cancellation.</summary>
internal interface ITierVersion
{
    /// <summary>Origins are asked for whole chunks of so many bytes, a multiple of a block, at offsets that are multiples of it.</summary>
    int ChunkBytes { get; }

    /// <summary>How long a read of so many bytes is expected to take; zero where it is always worth trying first.</summary>
    TimeSpan ExpectedTime(long bytes);

    /// <summary>
    /// Reads and verifies a run of bytes that it keeps. The run starts at <paramref name="start"/>, or behind it where the tier had to
    /// ask for all to learn which of it is there; it may end before <paramref name="end"/>, since a tier reads a bounded piece at a time.
    /// </summary>
    /// <returns>The run, for the caller to dispose; <see langword="null"/> for a miss.</returns>
    ValueTask<TierRun?> ReadAsync(long start, long end, CancellationToken cancellationToken);

    /// <summary>
    /// The first offset from <paramref name="start"/> on, before <paramref name="end"/>, at which the tier is known to keep at least so
    /// many bytes in a row (or all up to the end), without asking anybody; <paramref name="end"/> if there is none.
    /// </summary>
    long FindHeld(long start, long end, long least);

    /// <summary>
    /// Offers bytes that the origin, or a slower tier, has brought: whole blocks (the last block of the file may be shorter). What the tier
    /// wants of them it copies before it returns, without waiting for anything; it writes later.
    /// </summary>
    /// <returns>
    /// False where it wants them and has no room at present: they are to be offered again when it calls <see cref="Drained"/>, if they are
    /// in memory still. True in all other cases, also where it drops them because it does not work at present.
    /// </returns>
    bool Offer(long start, ReadOnlySpan<byte> bytes);

    /// <summary>Whether it would rather be offered later what stays in memory: when readers rest, or when it is evicted.</summary>
    bool PrefersCalm => false;

    /// <summary>Called without any lock held, after an offer was turned down, when there is room; also while the tier is disposed.</summary>
    Action? Drained { get; set; }
}
