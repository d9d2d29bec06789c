namespace Hctef.Files;

/// <summary>
/// A cursor of a file that may be reopened. When its version is gone it fails once, because what it has read was of that one, and goes
/// on with the version that is open then.
/// </summary>
/// <remarks>One caller at a time. Only closing may come from elsewhere: it is looked for again after a cursor was made.</remarks>
internal sealed class ReopeningCursor(ReopeningRemoteFile owner, RemoteFile file, CursorCaching caching) : FileCursor
{
    private RemoteFile _file = file;

    /// <summary>Null when the cursor has failed and no other version was open yet.</summary>
    private FileCursor? _cursor;
    private bool _left;
    private volatile bool _disposed;

    public override long Length => (_cursor ?? Start()).Length;

    public override int Read(Span<byte> buffer, long fileOffset)
    {
        FileCursor cursor = _cursor ?? Start();
        Exception? cause = null;
        try
        {
            if (owner.IsCurrent(_file))
            {
                return cursor.Read(buffer, fileOffset);
            }
        }
        catch (Exception failure) when (owner.IsChange(failure, _file))
        {
            cause = failure;
        }

        RemoteFileChangedException told = owner.Leave(_file, cause);
        GoOnFrom(BlockingWait.Wait(NextAsync(CancellationToken.None)));
        throw told;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken)
    {
        FileCursor cursor = _cursor ?? Start();
        try
        {
            if (owner.IsCurrent(_file))
            {
                ValueTask<int> read = cursor.ReadAsync(buffer, fileOffset, cancellationToken);
                return read.IsCompletedSuccessfully ? read : AwaitAsync(read, cancellationToken);
            }
        }
        catch (ObjectDisposedException failure) when (owner.IsChange(failure, _file))
        {
            // Closed by those who noticed, between the question and the read.
        }

        return FailAsync(cause: null, cancellationToken);
    }

    public override async Task CopyToAsync(Stream destination, long fileOffset, int bufferSize, CancellationToken cancellationToken)
    {
        FileCursor cursor = _cursor ?? Start();
        Exception? cause = null;
        try
        {
            if (owner.IsCurrent(_file))
            {
                await cursor.CopyToAsync(destination, fileOffset, bufferSize, cancellationToken).ConfigureAwait(false);
                return;
            }
        }
        catch (Exception failure) when (owner.IsChange(failure, _file))
        {
            cause = failure;
        }

        await FailAsync(cause, cancellationToken).ConfigureAwait(false);
    }

    public override FileCursor Clone() => new ReopeningCursor(owner, _file, caching) { _left = _left };

    public override void Expect(long start, long end) => (_cursor ?? Start()).Expect(start, end);

    public override void Dispose()
    {
        _disposed = true;

        // Each side writes its own before it reads the other's: one of the two sees the other.
        Interlocked.MemoryBarrier();
        _cursor?.Dispose();
    }

    private async ValueTask<int> AwaitAsync(ValueTask<int> read, CancellationToken cancellationToken)
    {
        Exception cause;
        try
        {
            return await read.ConfigureAwait(false);
        }
        catch (Exception failure) when (owner.IsChange(failure, _file))
        {
            cause = failure;
        }

        return await FailAsync(cause, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Fails when the next version is open, so that its length is at hand; a caller who cancels meanwhile is told by the next read.</summary>
    private async ValueTask<int> FailAsync(Exception? cause, CancellationToken cancellationToken)
    {
        RemoteFileChangedException told = owner.Leave(_file, cause);
        GoOnFrom(await NextAsync(cancellationToken).ConfigureAwait(false));
        throw told;
    }

    /// <summary>The version that is open now; null when none could be opened.</summary>
    private async Task<RemoteFile?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await owner.GetCurrentAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HctefException)
        {
            return null;
        }
    }

    private void GoOnFrom(RemoteFile? next)
    {
        _cursor?.Dispose();
        _cursor = null;
        _left = next is null;
        _file = next ?? _file;
    }

    /// <summary>Starts on the cursor's version; on the one that is open if it has left its own. This blocks while none is.</summary>
    private FileCursor Start()
    {
        if (_left)
        {
            GoOnFrom(owner.GetCurrent());
        }

        FileCursor cursor = _file.StartCursor(caching);
        _cursor = cursor;
        Interlocked.MemoryBarrier();
        if (_disposed)
        {
            cursor.Dispose();
        }

        return cursor;
    }
}
