namespace Hctef.Caching.Disk;

/// <summary>A pack of which the header has been seen. All but the marks of its use is fixed.</summary>
internal sealed class Pack
{
    private static readonly TimeSpan BetweenTouches = TimeSpan.FromMinutes(10);

    // Marks of use: single values, of which a lost one costs a needless touch, or a place in the order of eviction.
    private long _touched;
    private int _used;

    /// <summary>Names a pack.</summary>
    /// <param name="folder">The folder that it lies in.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="header">Its header.</param>
    /// <param name="expires">When it is too old, as a time of the clock that never goes back.</param>
    /// <param name="lastUse">When it was used last, as such a time.</param>
    public Pack(string folder, PackName name, PackHeader header, TimeSpan expires, TimeSpan lastUse)
    {
        (Name, Path, Created) = (name.Pack, System.IO.Path.Join(folder, name.Pack), name.Created);
        (Ranges, HeaderChecksum, Expires) = (header.Ranges, header.Checksum, expires);
        _touched = lastUse.Ticks;
    }

    public string Name { get; }

    public string Path { get; }

    /// <summary>Seconds since 1970.</summary>
    public long Created { get; }

    public PackRange[] Ranges { get; }

    /// <summary>What tells it from another pack that took its name.</summary>
    public uint HeaderChecksum { get; }

    public TimeSpan Expires { get; }

    /// <summary>Marks it as used.</summary>
    /// <returns>Whether the file should be told.</returns>
    public bool Use(TimeSpan now)
    {
        Volatile.Write(ref _used, 1);
        long touched = Volatile.Read(ref _touched);
        return now.Ticks - touched >= BetweenTouches.Ticks && Interlocked.CompareExchange(ref _touched, now.Ticks, touched) == touched;
    }

    /// <summary>Whether it was used since this was asked last.</summary>
    public bool TakeUsed() => Interlocked.Exchange(ref _used, 0) != 0;
}
