using Hctef.Diagnostics;
using Hctef.Fetching;

namespace Hctef.Files;

/// <summary>
/// A cursor that reads past the cache: one request for a long range stays open between sequential reads. The range grows while reading
/// goes on in order, so that a few bytes here and there do not ask for much.
/// </summary>
internal sealed class UncachedCursor(RemoteFile file) : FileCursor
{
    private const long FirstWindow = 1024 * 1024;
    private const long LargestWindow = 64 * 1024 * 1024;

    private DirectRead? _read;
    private long _window = FirstWindow;
    private volatile bool _disposed;

    public override long Length => file.Source.Length;

    public override int Read(Span<byte> buffer, long fileOffset)
    {
        int count = file.Clip(buffer.Length, fileOffset);
        try
        {
            for (int done = 0; done < count;)
            {
                DirectRead read = Prepare(fileOffset + done, count - done);
                BlockingWait.Wait(read.WaitAsync());
                done += Take(read, buffer[done..count]);
            }
        }
        finally
        {
            _read?.Rest();
        }

        return Finish(count, fileOffset);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken)
    {
        int count = file.Clip(buffer.Length, fileOffset);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            for (int done = 0; done < count;)
            {
                DirectRead read = Prepare(fileOffset + done, count - done);
                await read.WaitAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
                done += Take(read, buffer.Span[done..count]);
            }
        }
        finally
        {
            // Also when the read was cancelled: nobody knows when the next one comes.
            _read?.Rest();
        }

        return Finish(count, fileOffset);
    }

    public override Task CopyToAsync(Stream destination, long fileOffset, int bufferSize, CancellationToken cancellationToken)
    {
        _window = LargestWindow;
        return CursorCopy.CopyAsync(this, destination, fileOffset, Length - fileOffset, cancellationToken);
    }

    public override FileCursor Clone() => new UncachedCursor(file);

    public override void Dispose()
    {
        _disposed = true;

        // Each side writes its own before it reads the other's: one of the two sees the other.
        Interlocked.MemoryBarrier();
        _read?.Dispose();
    }

    private DirectRead Prepare(long position, int wanted)
    {
        ThrowIfDisposed();
        long end = position;
        if (_read is { } current && current.Position == position)
        {
            if (position < current.End && current.TryResume())
            {
                return current;
            }

            // What was given up while the consumer rested is asked again, and what was read to its end goes on larger.
            end = current.End;
            _window = position == end ? Math.Min(_window * 4, LargestWindow) : _window;
        }

        if (position == end)
        {
            end += Math.Min(Length - position, Math.Max(_window, wanted));
        }

        _read?.Dispose();
        _read = new DirectRead(file.Source, position, end, keeps: false);
        _read.Start();
        Interlocked.MemoryBarrier();
        if (_disposed)
        {
            _read.Dispose();
        }

        return _read;
    }

    private int Take(DirectRead read, Span<byte> destination)
    {
        try
        {
            return read.Take(destination);
        }
        catch (HctefException)
        {
            // The next read starts anew.
            read.Dispose();
            _read = null;
            file.ThrowIfClosed();
            ThrowIfDisposed();
            throw;
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, typeof(RemoteFileStream));

    private int Finish(int count, long fileOffset)
    {
        if (count > 0)
        {
            file.Source.Counters.CountMiss(count, new BlockReads(0, file.Source.Cache.BlocksOf(fileOffset, count), 0));
        }

        return count;
    }
}
