namespace Hctef.Caching.Disk;

/// <summary>A name in a folder.</summary>
/// <param name="Name">The name without its folder.</param>
/// <param name="Kind">What has this name.</param>
/// <param name="Length">A file's length in bytes.</param>
/// <param name="LastWrite">When it was written or touched last, by the clock of the machine.</param>
internal readonly record struct DiskEntry(string Name, DiskEntryKind Kind, long Length, DateTimeOffset LastWrite);
