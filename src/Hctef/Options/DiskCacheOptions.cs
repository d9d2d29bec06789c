namespace Hctef;

/// <summary>
/// A tier of the cache on this machine's disk, which survives restarts and is shared by all processes that name the same folder. Only
/// versions with a strong entity tag (or <see cref="RemoteFileOptions.Immutable"/>) are kept there. Read once, when the first file is
/// opened.
/// </summary>
public sealed class DiskCacheOptions
{
    /// <summary>
    /// The folder; it is created if it does not exist, for this user alone. One that others may write to is refused: then the tier stays
    /// off, and a warning says so.
    /// </summary>
    /// <value><see langword="null"/> by default: no disk tier.</value>
    public string? Path { get; set; }

    /// <summary>
    /// The most bytes that all files of the folder take, temporary ones included; at least 16 MiB. With several processes it may be passed
    /// by a sixteenth, and one pack of at most 8 MiB, for each of them.
    /// </summary>
    /// <value>4 GiB by default.</value>
    public long MaxBytes { get; set; } = HctefDefaults.MaxDiskBytes;

    /// <summary>What is left free on the volume, in bytes, whatever <see cref="MaxBytes"/> says; 0 or more.</summary>
    /// <value>1 GiB by default.</value>
    public long MinFreeBytes { get; set; } = HctefDefaults.MinFreeDiskBytes;

    /// <summary>How long bytes are kept at most, however often they are read; above zero.</summary>
    /// <value><see langword="null"/> by default: as long as there is room.</value>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>
    /// Whether versions are kept, too, that are told by a strong date alone (RFC 9110, section 8.8.2.2): a change within the second in
    /// which the server set the date is not seen then.
    /// </summary>
    /// <value><see langword="false"/> by default.</value>
    public bool AcceptStrongDates { get; set; }
}
