namespace Hctef.Caching.Disk;

/// <summary>
/// Keeps the folder within its bounds. What it takes is known from the last sweep and from what this process has written since, so that a
/// write costs no look at the folder. Before a process has written a sixteenth of the cap since its last sweep, and before it writes at
/// all, it sweeps again, and leaves that sixteenth free: so many processes pass the cap by a sixteenth for each at most, and a pack. For
/// the writer only, which is one at a time.
/// </summary>
internal sealed class DiskSpace(IDiskFiles files, DiskCacheOptions options, PackSweep sweep)
{
    /// <summary>As many times a look at the folder comes while as much is written as the cap.</summary>
    public const int Parts = 16;

    // Less than zero until there was a sweep.
    private long _swept = -1;
    private long _written;

    /// <summary>Sees to it that so many bytes may be written, and counts them: a write that fails may leave them, too.</summary>
    /// <exception cref="IOException">They may not.</exception>
    public void MakeRoom(DiskFolder folder, long bytes)
    {
        long part = options.MaxBytes / Parts;
        long most = options.MaxBytes - part - bytes;
        if (_swept < 0 || _written + bytes > part)
        {
            Sweep(folder, most);
        }

        if (options.MinFreeBytes > files.GetFreeBytes(folder.Path) - bytes)
        {
            long lacking = options.MinFreeBytes - (files.GetFreeBytes(folder.Path) - bytes);
            Sweep(folder, Math.Min(most, _swept + _written - lacking));
            if (options.MinFreeBytes > files.GetFreeBytes(folder.Path) - bytes)
            {
                throw new IOException($"less than {options.MinFreeBytes} bytes (Cache.Disk.MinFreeBytes) would be left free on the volume");
            }
        }

        if (_swept + _written + bytes > options.MaxBytes)
        {
            throw new IOException("what the folder has cannot be deleted to make room");
        }

        _written += bytes;
    }

    private void Sweep(DiskFolder folder, long most)
    {
        _swept = sweep.Run(folder, most);
        _written = 0;
    }
}
