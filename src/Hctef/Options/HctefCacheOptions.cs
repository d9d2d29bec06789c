namespace Hctef;

/// <summary>The block cache that all files of a registration share. Read once, when the first file is opened.</summary>
public sealed class HctefCacheOptions
{
    /// <summary>
    /// The most memory that cached blocks and their index may take, in bytes; at least <see cref="BlockBytes"/>, or 0 for no cache.
    /// </summary>
    /// <value>
    /// <see langword="null"/> by default: the lesser of 256 MiB and a quarter of the memory that the garbage collector may use.
    /// </value>
    public long? MemoryBytes { get; set; }

    /// <summary>The size of a block in bytes: a power of two from 512 to 1,048,576. Requests are made of whole blocks.</summary>
    /// <value>16,384 by default.</value>
    public int BlockBytes { get; set; } = HctefDefaults.BlockBytes;

    /// <summary>The tier on this machine's disk; off until it has a folder.</summary>
    public DiskCacheOptions Disk { get; set; } = new();

    /// <summary>The tier that several machines share; off by default.</summary>
    public DistributedCacheOptions Distributed { get; set; } = new();
}
