namespace Hctef.Caching.Disk;

internal enum DiskEntryKind
{
    File,
    Folder,

    /// <summary>A link to anything: nothing of the tier's.</summary>
    Link,
}
