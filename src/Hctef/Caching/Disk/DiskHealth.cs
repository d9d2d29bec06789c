using Hctef.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Hctef.Caching.Disk;

/// <summary>Whether the disk may be used. A folder that is not to be trusted turns the tier off for good; all else passes.</summary>
internal sealed class DiskHealth(TimeProvider time, ILogger logger, string folder, FolderAccess access)
{
    private int _isOff;

    public DiskRest Reading { get; } = new(time, logger, folder, "Reading");

    public DiskRest Writing { get; } = new(time, logger, folder, "Writing");

    public bool IsOff => Volatile.Read(ref _isOff) != 0;

    public bool MayRead => !IsOff && !Reading.IsResting;

    public bool MayWrite => !IsOff && !Writing.IsResting;

    /// <summary>The tier is closed.</summary>
    public void TurnOff() => Volatile.Write(ref _isOff, 1);

    public void FailReading(Exception exception) => Fail(Reading, exception);

    public void FailWriting(Exception exception) => Fail(Writing, exception);

    private void Fail(DiskRest rest, Exception exception)
    {
        access.Doubt();
        if (exception is not UntrustedFolderException)
        {
            rest.Fail(exception.Message);
        }
        else if (Interlocked.Exchange(ref _isOff, 1) == 0)
        {
            Log.DiskCacheRefused(logger, exception.Message);
        }
    }
}
