namespace Hctef.AspNetCore.StaticFiles;

/// <summary>A registered file under its path, and the date that it carries where its origin tells none.</summary>
/// <remarks>The date is written once, by compare-and-swap of its ticks, so that all requests tell the same.</remarks>
internal sealed class StaticRemoteFile(string path, IRemoteFile file, TimeProvider time)
{
    private long _firstSeen;

    public string Path { get; } = path;

    public IRemoteFile File { get; } = file;

    /// <summary>
    /// When this process has seen the file first: no earlier process can have told a later date of other bytes, as a made-up date might.
    /// </summary>
    public DateTimeOffset FirstSeen
    {
        get
        {
            long now = time.GetUtcNow().UtcTicks;
            long seen = Interlocked.CompareExchange(ref _firstSeen, now, comparand: 0);
            return new DateTimeOffset(seen == 0 ? now : seen, TimeSpan.Zero);
        }
    }
}
