using Hctef.Files;

namespace Hctef;

public sealed partial class RemoteFileStream
{
    private Task<int>? _lastRead;

    private bool AtEnd => _position >= _cursor.Length;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    /// <summary>Fills a buffer from the position, which moves on by what was read.</summary>
    /// <param name="buffer">The memory to fill.</param>
    /// <returns>The number of bytes read: fewer than asked only where the file ends, 0 at and behind its end.</returns>
    /// <exception cref="HctefException">The bytes could not be fetched; the position stays where it was.</exception>
    /// <exception cref="ObjectDisposedException">The stream or its file is closed.</exception>
    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (buffer.IsEmpty || AtEnd)
            return 0;
        int count = _cursor.Read(buffer, _position);
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    public override int ReadByte()
    {
        byte value = 0;
        return Read(new Span<byte>(ref value)) == 0 ? -1 : value;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        ValueTask<int> read = ReadAsync(buffer.AsMemory(offset, count), cancellationToken);
        return read.IsCompletedSuccessfully ? CompletedRead(read.Result) : read.AsTask();
    }

    /// <summary>Fills a buffer from the position, which moves on by what was read when the read has ended.</summary>
    /// <param name="buffer">The memory to fill.</param>
    /// <param name="cancellationToken">Cancels this read alone; the position stays where it was.</param>
    /// <returns>The number of bytes read: fewer than asked only where the file ends, 0 at and behind its end.</returns>
    /// <exception cref="HctefException">The bytes could not be fetched; the position stays where it was.</exception>
    /// <exception cref="ObjectDisposedException">The stream or its file is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        if (buffer.IsEmpty || AtEnd)
            return new ValueTask<int>(0);

        ValueTask<int> read = _cursor.ReadAsync(buffer, _position, cancellationToken);
        if (!read.IsCompletedSuccessfully)
            return AdvanceAsync(read);
        int count = read.Result;
        _position += count;
        return new ValueTask<int>(count);
    }

    /// <inheritdoc/>
    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    /// <inheritdoc/>
    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    /// <summary>Copies from the position to the end of the file, and moves the position there.</summary>
    /// <param name="destination">Where the bytes are written.</param>
    /// <param name="bufferSize">A hint; above 0.</param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    /// <returns>A task that ends when all bytes are written.</returns>
    /// <remarks>When the copy fails some bytes may have been written; the position stays where it was.</remarks>
    /// <exception cref="HctefException">The bytes could not be fetched.</exception>
    /// <exception cref="ObjectDisposedException">The stream or its file is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        ValidateCopyToArguments(destination, bufferSize);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled(cancellationToken);
        return AtEnd ? Task.CompletedTask : CopyToEndAsync(destination, bufferSize, cancellationToken);
    }

    /// <summary>Copies the next bytes to another stream, and moves behind them. What is fetched ahead is fetched for these alone.</summary>
    /// <param name="destination">Where the bytes are written.</param>
    /// <param name="length">How many bytes, at least 0; a part behind the end of the file is left out.</param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    /// <returns>A task that ends when all bytes are written.</returns>
    /// <remarks>When the copy fails some bytes may have been written, all of them right; the position stays where it was.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="NotSupportedException"><paramref name="destination"/> cannot be written to.</exception>
    /// <exception cref="HctefException">The bytes could not be fetched.</exception>
    /// <exception cref="ObjectDisposedException">The stream, its file or the destination is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task CopyRangeToAsync(Stream destination, long length, CancellationToken cancellationToken = default)
    {
        ReadArguments.CheckDestination(destination);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled(cancellationToken)
            : CopyNextAsync(destination, length, cancellationToken);
    }

    // Most reads return what the last one returned, so its task serves again.
    private Task<int> CompletedRead(int count) =>
        _lastRead is { } last && last.Result == count ? last : _lastRead = Task.FromResult(count);

    private async ValueTask<int> AdvanceAsync(ValueTask<int> read)
    {
        int count = await read.ConfigureAwait(false);
        _position += count;
        return count;
    }

    private async Task CopyNextAsync(Stream destination, long length, CancellationToken cancellationToken)
    {
        _position += await CursorCopy.CopyAsync(_cursor, destination, _position, length, cancellationToken).ConfigureAwait(false);
    }

    private async Task CopyToEndAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        long end = _cursor.Length;
        await _cursor.CopyToAsync(destination, _position, bufferSize, cancellationToken).ConfigureAwait(false);
        _position = end;
    }
}
