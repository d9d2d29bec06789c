using Microsoft.Extensions.Caching.Distributed;

namespace Hctef;

/// <summary>
/// A tier of the cache that several machines share, over the <see cref="IDistributedCache"/> of the container. Only versions with a
/// strong entity tag (or <see cref="RemoteFileOptions.Immutable"/>) are kept there. Read once, when the first file is opened.
/// </summary>
public sealed class DistributedCacheOptions
{
    /// <summary>Whether it is used.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool Enabled { get; set; }

    /// <summary>The service key of the <see cref="IDistributedCache"/>.</summary>
    /// <value><see langword="null"/> by default: the one without a key.</value>
    public string? ServiceKey { get; set; }

    /// <summary>
    /// The bytes of one value, a power of two from 16,384 to 1,048,576 and at least <see cref="HctefCacheOptions.BlockBytes"/>. What is
    /// missing is asked of the origin in whole chunks, so that others find them whole.
    /// </summary>
    /// <value>131,072 by default.</value>
    public int ChunkBytes { get; set; } = HctefDefaults.ChunkBytes;

    /// <summary>How long a read waits for the store before the origin is asked; above zero.</summary>
    /// <value>50 ms by default.</value>
    public TimeSpan ReadTimeout { get; set; } = HctefDefaults.StoreReadTimeout;

    /// <summary>How long the store keeps a value; above zero. Up to a tenth less at random, so that what came together does not end together.</summary>
    /// <value>One day by default; <see langword="null"/> leaves it to the store.</value>
    public TimeSpan? TimeToLive { get; set; } = HctefDefaults.StoreTimeToLive;

    /// <summary>
    /// How long after an origin was asked for a file's version by any of the machines the others open it without asking; from zero on.
    /// A change at the origin, or a refusal, is noticed that much later; a machine whose reads have noticed asks again when it opens the file
    /// the next time. Files that come with <c>Cache-Control: no-cache</c>, or of another tag than
    /// <see cref="RemoteFileOptions.ExpectedEntityTag"/>, are always asked for. Zero asks with each opening, by one small request.
    /// </summary>
    /// <value>Zero by default.</value>
    public TimeSpan TrustSharedMetadataFor { get; set; }

    /// <summary>
    /// A secret of at least 16 bytes, in Base64, that all machines know: keys cannot be guessed, and values that somebody else has written
    /// into the store are not taken. Without it values are held against a checksum, which finds errors, not forgeries.
    /// </summary>
    /// <value><see langword="null"/> by default.</value>
    public string? HmacKey { get; set; }

    /// <summary>
    /// The largest value that the store takes, in bytes: at least <see cref="ChunkBytes"/> and 256 for what is written before it. Nothing
    /// larger is sent, and wrong options fail the start.
    /// </summary>
    /// <value><see langword="null"/> by default: any.</value>
    public int? MaxValueBytes { get; set; }
}
