using Hctef.Files;

namespace Hctef;

public static partial class RemoteFileExtensions
{
    /// <summary>Opens a file, blocking this thread until the server has answered.</summary>
    /// <param name="factory">The factory.</param>
    /// <param name="uri">An absolute http or https URL. A fragment is ignored.</param>
    /// <param name="options">What differs from <see cref="HctefOptions.FileDefaults"/>; members that are null are inherited.</param>
    /// <returns>The open file, which the caller disposes.</returns>
    /// <remarks>It throws what <see cref="IRangeReaderFactory.OpenAsync"/> throws.</remarks>
    /// <exception cref="HctefException">The file could not be opened.</exception>
    public static IRemoteFile Open(this IRangeReaderFactory factory, Uri uri, RemoteFileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentNullException.ThrowIfNull(uri);
        return BlockingWait.Run(() => factory.OpenAsync(uri, options));
    }

    /// <summary>Opens a file for one stream, which closes it when it is disposed.</summary>
    /// <param name="factory">The factory.</param>
    /// <param name="uri">An absolute http or https URL. A fragment is ignored.</param>
    /// <param name="options">What differs from <see cref="HctefOptions.FileDefaults"/>; members that are null are inherited.</param>
    /// <param name="cancellationToken">Gives up the opening.</param>
    /// <returns>A stream at position 0 that owns its file.</returns>
    /// <remarks>It throws what <see cref="IRangeReaderFactory.OpenAsync"/> throws.</remarks>
    /// <exception cref="HctefException">The file could not be opened.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static Task<RemoteFileStream> OpenStreamAsync(
        this IRangeReaderFactory factory, Uri uri, RemoteFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentNullException.ThrowIfNull(uri);
        return OpenOwningStreamAsync(factory, uri, options, cancellationToken);
    }

    /// <summary>Starts a cursor at position 0; a registered file opens first, blocking this thread until it has.</summary>
    /// <param name="file">The file.</param>
    /// <param name="caching">
    /// How the bytes that the cursor reads are kept. On files that are not Hctef's own every mode behaves as
    /// <see cref="CursorCaching.Shared"/>.
    /// </param>
    /// <returns>A stream; disposing it does not close the file.</returns>
    /// <exception cref="HctefException">The file could not be opened.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public static RemoteFileStream OpenStream(this IRemoteFile file, CursorCaching caching = CursorCaching.Shared)
    {
        ArgumentNullException.ThrowIfNull(file);
        ReadArguments.CheckCaching(caching);
        FileCursor cursor = file is IHctefFile own ? own.OpenCursor(caching) : new ForwardingCursor(file, file.GetInfo().Length);
        return new RemoteFileStream(cursor);
    }

    /// <summary>Starts a cursor at position 0 that shares the cache; a registered file opens first.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellationToken">Stops waiting; an opening that others wait for goes on.</param>
    /// <returns>A stream; disposing it does not close the file.</returns>
    /// <exception cref="HctefException">The file could not be opened.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static ValueTask<RemoteFileStream> OpenStreamAsync(this IRemoteFile file, CancellationToken cancellationToken = default) =>
        file.OpenStreamAsync(CursorCaching.Shared, cancellationToken);

    /// <summary>Starts a cursor at position 0; a registered file opens first.</summary>
    /// <param name="file">The file.</param>
    /// <param name="caching">
    /// How the bytes that the cursor reads are kept. On files that are not Hctef's own every mode behaves as
    /// <see cref="CursorCaching.Shared"/>.
    /// </param>
    /// <param name="cancellationToken">Stops waiting; an opening that others wait for goes on.</param>
    /// <returns>A stream; disposing it does not close the file.</returns>
    /// <exception cref="HctefException">The file could not be opened.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static ValueTask<RemoteFileStream> OpenStreamAsync(
        this IRemoteFile file, CursorCaching caching, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ReadArguments.CheckCaching(caching);
        return StartStreamAsync(file, caching, cancellationToken);
    }

    private static async Task<RemoteFileStream> OpenOwningStreamAsync(
        IRangeReaderFactory factory, Uri uri, RemoteFileOptions? options, CancellationToken cancellationToken)
    {
        IRemoteFile file = await factory.OpenAsync(uri, options, cancellationToken).ConfigureAwait(false);
        try
        {
            FileCursor cursor = await OpenCursorAsync(file, CursorCaching.Shared, cancellationToken).ConfigureAwait(false);
            return new RemoteFileStream(cursor, file);
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async ValueTask<RemoteFileStream> StartStreamAsync(
        IRemoteFile file, CursorCaching caching, CancellationToken cancellationToken) =>
        new(await OpenCursorAsync(file, caching, cancellationToken).ConfigureAwait(false));

    private static async ValueTask<FileCursor> OpenCursorAsync(IRemoteFile file, CursorCaching caching, CancellationToken cancellationToken)
    {
        if (file is IHctefFile own)
            return await own.OpenCursorAsync(caching, cancellationToken).ConfigureAwait(false);
        RemoteFileInfo info = await file.GetInfoAsync(cancellationToken).ConfigureAwait(false);
        return new ForwardingCursor(file, info.Length);
    }
}
