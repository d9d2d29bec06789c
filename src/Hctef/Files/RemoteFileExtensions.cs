using Hctef.Files;

namespace Hctef;

/// <summary>
/// Synchronous and convenience members of files. Hctef's own files serve them directly; on any other <see cref="IRemoteFile"/>
/// (a mock, a decorator) they are made of its asynchronous members.
/// </summary>
/// <remarks>
/// A synchronous member serves cached bytes without waiting; otherwise it blocks its thread until the network has answered. In
/// ASP.NET Core and wherever many callers run on the thread pool prefer the asynchronous members.
/// </remarks>
public static partial class RemoteFileExtensions
{
    /// <summary>Gets what is known of the version that is open; a registered file opens first.</summary>
    /// <param name="file">The file.</param>
    /// <returns>The version's length, validators and consistency.</returns>
    /// <exception cref="HctefException">The file could not be opened.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public static RemoteFileInfo GetInfo(this IRemoteFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file is IHctefFile own ? own.GetInfo() : BlockingWait.Run(() => file.GetInfoAsync().AsTask());
    }

    /// <summary>Fills a buffer from an offset. Fewer bytes than asked are returned only where the file ends.</summary>
    /// <param name="file">The file.</param>
    /// <param name="buffer">The memory to fill.</param>
    /// <param name="fileOffset">Offset of the first byte in bytes from the start of the file; at least 0.</param>
    /// <returns>The number of bytes read; 0 at and behind the end of the file.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fileOffset"/> is negative.</exception>
    /// <exception cref="RemoteFileChangedException">The file changed at the origin.</exception>
    /// <exception cref="HctefException">The bytes could not be fetched.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public static int Read(this IRemoteFile file, Span<byte> buffer, long fileOffset)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfNegative(fileOffset);
        return FullRead.Read(file, buffer, fileOffset);
    }

    /// <summary>Fetches ranges into the cache that will be needed soon, and returns when they are there or have failed.</summary>
    /// <param name="file">The file.</param>
    /// <param name="ranges">The ranges; parts behind the end of the file are left out, and so is what the cache has no room for.</param>
    /// <returns>The number of bytes newly asked for.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A range has a negative offset or length.</exception>
    /// <exception cref="HctefException">
    /// A registered file could not be opened. A range that could not be fetched is not told here, but to who reads it.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public static long Prefetch(this IRemoteFile file, IReadOnlyList<ByteRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(file);
        ReadArguments.CheckRanges(ranges);
        return file is IHctefFile own ? own.Prefetch(ranges) : BlockingWait.Run(() => file.PrefetchAsync(ranges).AsTask());
    }
}
