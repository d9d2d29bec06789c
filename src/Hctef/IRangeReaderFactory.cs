namespace Hctef;

/// <summary>Opens remote files. A singleton; safe for concurrent use.</summary>
public interface IRangeReaderFactory
{
    /// <summary>
    /// Opens a file by one range request, which brings its size, its validators and its first prefetched bytes.
    /// </summary>
    /// <param name="uri">
    /// An absolute http or https URL, or <c>https+http</c> and <c>http+https</c> where the HTTP client has service discovery. A fragment is
    /// ignored.
    /// </param>
    /// <param name="options">What differs from <see cref="HctefOptions.FileDefaults"/>; members that are null are inherited.</param>
    /// <param name="cancellationToken">Gives up the opening.</param>
    /// <returns>The open file, which the caller disposes.</returns>
    /// <exception cref="HctefUrlException">The URL is relative, or its scheme is neither http nor https.</exception>
    /// <exception cref="RangeNotSupportedException">The server does not serve ranges of this file.</exception>
    /// <exception cref="RemoteFileChangedException">
    /// The file does not carry <see cref="RemoteFileOptions.ExpectedEntityTag"/>.
    /// </exception>
    /// <exception cref="HctefNetworkException">The server could not be reached, or answered with an error.</exception>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, a header cannot be sent, or the URL holds characters that are not escaped.
    /// </exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// An option of the registration is out of its range and no host has refused to start with it. A reload that brings such a value is
    /// logged and changes nothing.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The service provider was disposed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task<IRemoteFile> OpenAsync(Uri uri, RemoteFileOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Gets a registered file, which opens on its first use.</summary>
    /// <param name="name">The name that it was registered under, in any case.</param>
    /// <returns>The same object as the keyed service of that name. Disposing it does nothing; the container closes it.</returns>
    /// <exception cref="InvalidOperationException">No file of that name is registered; the message lists those that are.</exception>
    IRemoteFile GetFile(string name);

    /// <summary>Drops all that is kept of a file, of all its versions and partitions, in all tiers of this registration's cache.</summary>
    /// <remarks>
    /// <para>
    /// Files that are open stay readable and correct: what they need again is asked of the origin again, and kept in memory for them alone.
    /// Later openings find nothing of it. Files that are opened while this runs may find, and keep, what was there.
    /// </para>
    /// <para>
    /// What cannot be asked for again stays until the file is closed: the blocks of a file that was downloaded whole
    /// (<see cref="RangeFallback.Download"/>). So does what its cursors hold that are <see cref="CursorCaching.Private"/>, until they close.
    /// </para>
    /// <para>
    /// A tier that fails or cannot be reached keeps what it has; that is logged, not thrown, as for reads. Other processes that
    /// have the file open may bring its bytes into tiers that they share, again.
    /// </para>
    /// </remarks>
    /// <param name="uri">
    /// The URL that the file is opened by. Registered files with this URL are dropped under their own <see cref="RemoteFileOptions.CacheKey"/>,
    /// too.
    /// </param>
    /// <param name="options">
    /// Names the file as for <see cref="OpenAsync"/>: of it <see cref="RemoteFileOptions.CacheKey"/> alone matters; null for the URL.
    /// </param>
    /// <param name="cancellationToken">Gives up; some tiers may have dropped the file by then.</param>
    /// <exception cref="HctefUrlException">The URL is relative, or its scheme is neither http nor https.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">As for <see cref="OpenAsync"/>.</exception>
    /// <exception cref="ObjectDisposedException">The service provider was disposed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task EvictAsync(Uri uri, RemoteFileOptions? options = null, CancellationToken cancellationToken = default);
}
