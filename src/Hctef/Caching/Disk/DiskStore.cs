using Hctef.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Hctef.Caching.Disk;

/// <summary>The parts of the tier that all versions share.</summary>
internal sealed class DiskStore : IDisposable
{
    private const int MostPackBytes = 4 * 1024 * 1024;
    private const int PacksAtLeast = 16;

    public DiskStore(
        DiskCacheOptions options,
        int blockBytes,
        TimeProvider time,
        ILogger logger,
        IDiskFiles files,
        KeyedHash hash,
        Func<HashSet<string>> takeUsed)
    {
        string path = Path.GetFullPath(options.Path ?? throw new ArgumentException("A path is needed.", nameof(options)));
        (BlockBytes, Hash) = (blockBytes, hash);
        Clock = new DiskClock(time);
        Access = new FolderAccess(files, path);
        Health = new DiskHealth(time, logger, path, Access);
        Reads = new DiskReads(time, Health, Counters);
        Reader = new PackReader(files, Clock, Counters, logger, options.MaxAge);
        var space = new DiskSpace(files, options, new PackSweep(files, options, Clock, Reader, takeUsed));
        var writer = new PackWriter(files, Access, Health, space, Reader, Clock, Counters);
        int packBytes = (int)Math.Clamp(options.MaxBytes / PacksAtLeast, blockBytes, MostPackBytes);
        Writes = new WriteBehind(writer, time, Clock, Counters, packBytes / blockBytes * blockBytes);
    }

    public int BlockBytes { get; }

    public KeyedHash Hash { get; }

    public TierCounters Counters { get; } = new();

    public DiskClock Clock { get; }

    public FolderAccess Access { get; }

    public DiskHealth Health { get; }

    public DiskReads Reads { get; }

    public PackReader Reader { get; }

    public WriteBehind Writes { get; }

    public void Dispose()
    {
        Health.TurnOff();
        Writes.Dispose();
        Reader.Dispose();
    }
}
