using Hctef.Diagnostics;
using Hctef.Fetching;

namespace Hctef.Files;

/// <content>Reading: hits on the spot, misses by a <see cref="ReadOperation"/> that waits.</content>
internal sealed partial class RemoteFile
{
    public int Read(Span<byte> buffer, long fileOffset)
    {
        CounterStripe counters = _source.Counters.Current;
        return Read(_source, buffer, fileOffset, Ahead, ref counters.LastVisited, counters);
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        return ReadAsync(buffer, fileOffset, Ahead, cancellationToken);
    }

    /// <summary>A read that tells nothing about those to come has no <paramref name="ahead"/>.</summary>
    private ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, Readahead? ahead, CancellationToken cancellationToken)
    {
        CounterStripe counters = _source.Counters.Current;
        return TryReadReady(_source, buffer.Span, fileOffset, ahead, ref counters.LastVisited, counters, out int count)
            ? new ValueTask<int>(count)
            : ReadMissAsync(_source, buffer[..count], fileOffset, cursor: null, ahead, cancellationToken);
    }

    /// <summary>A cursor's read, which keeps the cursor's own last visited block.</summary>
    internal int Read(RangeSource source, Span<byte> buffer, long fileOffset, Readahead? ahead, ref long lastVisited) =>
        Read(source, buffer, fileOffset, ahead, ref lastVisited, source.Counters.Current);

    /// <summary>A cursor's read, which keeps the cursor's own last visited block.</summary>
    internal ValueTask<int> ReadAsync(
        RangeSource source, Memory<byte> buffer, long fileOffset, CachedCursor cursor, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        CounterStripe counters = source.Counters.Current;
        return TryReadReady(source, buffer.Span, fileOffset, cursor.Readahead, ref cursor.LastVisited, counters, out int count)
            ? new ValueTask<int>(count)
            : ReadMissAsync(source, buffer[..count], fileOffset, cursor, cursor.Readahead, cancellationToken);
    }

    /// <summary>The number of bytes that a read can return.</summary>
    internal int Clip(int length, long fileOffset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fileOffset);
        ThrowIfClosed();
        return (int)Math.Min(length, Math.Max(0, _source.Length - fileOffset));
    }

    private int Read(
        RangeSource source, Span<byte> buffer, long fileOffset, Readahead? ahead, ref long lastVisited, CounterStripe counters)
    {
        if (!TryReadReady(source, buffer, fileOffset, ahead, ref lastVisited, counters, out int count))
        {
            ReadMiss(source, buffer[..count], fileOffset, ahead, ref lastVisited);
        }

        return count;
    }

    private bool TryReadReady(
        RangeSource source,
        Span<byte> buffer,
        long fileOffset,
        Readahead? ahead,
        ref long lastVisited,
        CounterStripe counters,
        out int count)
    {
        count = Clip(buffer.Length, fileOffset);
        if (count == 0)
        {
            return true;
        }

        if (source.Cache.Copy(source.Map, fileOffset, buffer[..count], ref lastVisited, out bool touched) < count)
        {
            return false;
        }

        if (touched)
        {
            ahead?.OnTouched(fileOffset, count);
        }

        counters.CountHit(count, source.Cache.BlocksOf(fileOffset, count));
        return true;
    }

    private void ReadMiss(RangeSource source, Span<byte> buffer, long fileOffset, Readahead? ahead, ref long lastVisited)
    {
        using ReadOperation operation = Begin(source, fileOffset, buffer.Length, ahead, out ReadaheadWindow? window);
        try
        {
            bool done = operation.Advance(buffer, ref lastVisited, out Task wait);
            Continue(ahead, window, operation);
            while (!done)
            {
                BlockingWait.Wait(wait, _closing.Token);
                done = operation.Advance(buffer, ref lastVisited, out wait);
            }
        }
        catch (Exception failure) when (_closed && failure is (OperationCanceledException or HctefException))
        {
            throw CancellationOf(CancellationToken.None);
        }

        source.Counters.CountMiss(buffer.Length, operation.Blocks);
    }

    private async ValueTask<int> ReadMissAsync(
        RangeSource source,
        Memory<byte> buffer,
        long fileOffset,
        CachedCursor? cursor,
        Readahead? ahead,
        CancellationToken cancellationToken)
    {
        using CancellationTokenSource? either = cancellationToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token)
            : null;
        CancellationToken stop = either?.Token ?? _closing.Token;
        using ReadOperation operation = Begin(source, fileOffset, buffer.Length, ahead, out ReadaheadWindow? window);
        operation.IsAwaited = true;
        long lastVisited = cursor?.LastVisited ?? -1;
        try
        {
            bool done = operation.Advance(buffer.Span, ref lastVisited, out Task wait);
            Continue(ahead, window, operation);
            while (!done)
            {
                await wait.WaitAsync(stop).ConfigureAwait(false);
                done = operation.Advance(buffer.Span, ref lastVisited, out wait);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException || (_closed && failure is HctefException))
        {
            // What closing the file has stopped may tell of it before the wait does.
            throw CancellationOf(cancellationToken);
        }

        KeepLastVisited(source.Counters, cursor, lastVisited);
        source.Counters.CountMiss(buffer.Length, operation.Blocks);
        return buffer.Length;
    }

    private static ReadOperation Begin(
        RangeSource source, long fileOffset, int length, Readahead? ahead, out ReadaheadWindow? window)
    {
        bool pastCache = ReadOperation.IsTooLarge(source, fileOffset, length);
        window = null;
        long wantEnd = pastCache || ahead is null ? 0 : ahead.OnMiss(fileOffset, length, out window);
        return new ReadOperation(source, fileOffset, length, pastCache, wantEnd);
    }

    /// <summary>The read's own request goes out first, then what is ahead of it.</summary>
    private static void Continue(Readahead? ahead, ReadaheadWindow? window, ReadOperation operation)
    {
        if (window is not null)
        {
            ahead!.OnAsked(window, operation.Fetches);
        }
    }

    /// <summary>The next read in the same block goes on with this visit: it is not another one.</summary>
    private static void KeepLastVisited(FileCounters counters, CachedCursor? cursor, long lastVisited)
    {
        if (cursor is not null)
        {
            cursor.LastVisited = lastVisited;
        }
        else
        {
            counters.Current.LastVisited = lastVisited;
        }
    }
}
