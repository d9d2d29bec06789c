namespace Hctef;

/// <summary>
/// A remote file that is read at any offset, by any number of concurrent callers, through the shared cache. Synchronous and
/// convenience members are extensions: see <see cref="RemoteFileExtensions"/>.
/// </summary>
public interface IRemoteFile : IAsyncDisposable, IDisposable
{
    /// <summary>The URL as the caller gave it; never the target of a redirect.</summary>
    Uri Uri { get; }

    /// <summary>Gets what is known of the version that is open. A registered file opens on its first use.</summary>
    /// <param name="cancellationToken">Stops waiting; an opening that others wait for goes on.</param>
    /// <returns>The version's length, validators and consistency.</returns>
    /// <exception cref="HctefException">The file could not be opened.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<RemoteFileInfo> GetInfoAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks the origin now whether it still serves the version that is open, by one small request.</summary>
    /// <param name="cancellationToken">Gives up asking.</param>
    /// <returns>The version that is open; the new one where <see cref="ChangePolicy.Reopen"/> has opened it.</returns>
    /// <exception cref="RemoteFileChangedException">The origin serves another version, and the file is not reopened.</exception>
    /// <exception cref="HctefException">The origin could not be asked.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<RemoteFileInfo> RevalidateAsync(CancellationToken cancellationToken = default);

    /// <summary>Fills a buffer from an offset. Fewer bytes than asked are returned only where the file ends.</summary>
    /// <param name="buffer">The memory to fill.</param>
    /// <param name="fileOffset">Offset of the first byte in bytes from the start of the file; at least 0.</param>
    /// <param name="cancellationToken">Cancels this read alone; others that wait for the same bytes go on.</param>
    /// <returns>The number of bytes read; 0 at and behind the end of the file.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fileOffset"/> is negative.</exception>
    /// <exception cref="RemoteFileChangedException">
    /// The file changed at the origin. With <see cref="ChangePolicy.Reopen"/> the next call reads what is there now.
    /// </exception>
    /// <exception cref="HctefException">The bytes could not be fetched.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken = default);

    /// <summary>Fetches ranges into the cache that will be needed soon. Bytes that are cached or under way are not asked again.</summary>
    /// <param name="ranges">The ranges; parts behind the end of the file are left out, and so is what the cache has no room for.</param>
    /// <param name="cancellationToken">Cancels the prefetch; bytes that others wait for are fetched all the same.</param>
    /// <returns>The number of bytes newly asked for, when they are cached or have failed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A range has a negative offset or length.</exception>
    /// <exception cref="HctefException">
    /// A registered file could not be opened. A range that could not be fetched is not told here, but to who reads it.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<long> PrefetchAsync(IReadOnlyList<ByteRange> ranges, CancellationToken cancellationToken = default);

    /// <summary>Gets what this file has asked of the network and given to its readers; all zero before the first use.</summary>
    /// <returns>A snapshot of the counts.</returns>
    RemoteFileStatistics GetStatistics();

    /// <summary>Gets the ranges of the open version that lie in the cache now, sorted and disjoint.</summary>
    /// <returns>A snapshot; empty before the first use.</returns>
    IReadOnlyList<ByteRange> GetCachedRanges();
}
