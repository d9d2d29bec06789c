namespace Hctef;

/// <summary>How the bytes that a cursor reads are kept.</summary>
public enum CursorCaching
{
    /// <summary>Read and fill the cache that all files of the registration share.</summary>
    Shared,

    /// <summary>
    /// Read past the cache: for one large segment that is read once, in order. Bytes come from a response that stays open between
    /// sequential reads; a read elsewhere starts a new one.
    /// </summary>
    Uncached,

    /// <summary>
    /// Keep blocks of this cursor's own, within the shared budget and seen by nobody else, that are freed when the cursor closes.
    /// </summary>
    Private,
}
