using Hctef.Files;

namespace Hctef;

/// <summary>
/// A cursor of a remote file: a seekable stream for reading. Any number of cursors read one file at the same time.
/// </summary>
/// <remarks>
/// <para>
/// Reads fill their buffer unless the file ends. A read of cached bytes completes synchronously and allocates nothing; a synchronous
/// read of others blocks its thread until they have arrived. Failures are <see cref="HctefException"/>s, which are
/// <see cref="IOException"/>s.
/// </para>
/// <para>
/// A cursor serves one caller at a time: start the next operation when the last one has ended. To read in parallel give every reader
/// a <see cref="Clone"/> or another stream of the file.
/// </para>
/// <para>
/// Disposing a cursor never closes the file, unless the cursor came from
/// <see cref="RemoteFileExtensions.OpenStreamAsync(IRangeReaderFactory, Uri, RemoteFileOptions, CancellationToken)"/>, which opens a
/// file for this stream alone. Clones of such a stream end with it.
/// </para>
/// </remarks>
public sealed partial class RemoteFileStream : Stream
{
    private readonly FileCursor _cursor;
    private readonly IRemoteFile? _ownedFile;
    private long _position;
    private bool _disposed;

    internal RemoteFileStream(FileCursor cursor, IRemoteFile? ownedFile = null)
    {
        _cursor = cursor;
        _ownedFile = ownedFile;
    }

    /// <summary>Whether the stream can be read: <see langword="true"/> until it is disposed.</summary>
    public override bool CanRead => !_disposed;

    /// <summary>Whether the stream can be sought in: <see langword="true"/> until it is disposed.</summary>
    public override bool CanSeek => !_disposed;

    /// <summary>Whether the stream can be written to: never.</summary>
    public override bool CanWrite => false;

    /// <summary>Starts another cursor of the same file, with the same caching mode, at the same position.</summary>
    /// <returns>An independent stream, which does not own the file.</returns>
    /// <exception cref="ObjectDisposedException">The stream or its file is closed.</exception>
    public RemoteFileStream Clone()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new RemoteFileStream(_cursor.Clone()) { _position = _position };
    }

    /// <summary>Closes the cursor, and its file if the stream owns it. Further calls do nothing.</summary>
    /// <returns>A task that ends when all is closed.</returns>
    public override async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        try
        {
            _cursor.Dispose();
        }
        finally
        {
            if (_ownedFile is not null)
                await _ownedFile.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes the cursor, and its file if the stream owns it. Further calls do nothing.</summary>
    /// <param name="disposing">Always <see langword="true"/>: the stream has no finalizer.</param>
    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;
        try
        {
            _cursor.Dispose();
        }
        finally
        {
            _ownedFile?.Dispose();
        }
    }
}
