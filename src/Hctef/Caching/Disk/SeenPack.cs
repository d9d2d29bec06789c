namespace Hctef.Caching.Disk;

/// <summary>What a sweep has seen of a pack.</summary>
/// <param name="Length">Its bytes, header included.</param>
/// <param name="LastUse">When it was used last, by the clock of who has used it.</param>
internal record struct SeenPack(long Length, DateTimeOffset LastUse)
{
    /// <summary>The sweep that has seen its name last.</summary>
    public int Sweep { get; set; }
}
