namespace Hctef;

/// <summary>What opening does when the server does not serve ranges of the file.</summary>
public enum RangeFallback
{
    /// <summary>It fails with <see cref="RangeNotSupportedException"/>; no body is read.</summary>
    Throw,

    /// <summary>
    /// The whole file is downloaded once into memory, if it is no longer than <see cref="RemoteFileOptions.MaxDownloadBytes"/> and the
    /// server tells its length. Readers are served while it comes, and it stays in memory until the last who has it open closes it.
    /// Whatever the server answers with 200 is the file, an error page as well:
    /// <see cref="RemoteFileOptions.ExpectedEntityTag"/> tells them apart. A file that was opened by ranges is not downloaded when they
    /// end: reads that need them throw <see cref="RangeNotSupportedException"/>, and it has to be opened again.
    /// </summary>
    Download,
}
