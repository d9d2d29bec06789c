namespace Hctef.Caching.Disk;

/// <summary>What becomes one pack. It is filled under the lock of <see cref="WriteBehind"/>; sealed, it is the writer's alone.</summary>
internal sealed class WriteBuffer(DiskVersion version, int epoch, TimeSpan began)
{
    public DiskVersion Version => version;

    /// <summary>The version's epoch when the blocks were offered; another one since says that the file was evicted.</summary>
    public int Epoch => epoch;

    /// <summary>Whether the file was evicted since.</summary>
    public bool IsStale => epoch != version.Epoch;

    /// <summary>When its first blocks came.</summary>
    public TimeSpan Began => began;

    public List<PendingBlocks> Blocks { get; } = [];

    public int Bytes { get; private set; }

    public void Add(PendingBlocks blocks)
    {
        Blocks.Add(blocks);
        Bytes += blocks.Bytes.Length;
    }
}
