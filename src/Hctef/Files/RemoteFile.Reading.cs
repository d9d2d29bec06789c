using Hctef.Diagnostics;
using Hctef.Fetching;

namespace Hctef.Files;

/// <content>Reading: hits on the spot, misses by a <see cref="ReadOperation"/> that waits.</content>
internal sealed partial class RemoteFile
{
    public int Read(Span<byte> buffer, long fileOffset)
    {
        CounterStripe counters = _source.Counters.Current;
        return Read(_source, buffer, fileOffset, ref counters.LastVisited, counters);
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        CounterStripe counters = _source.Counters.Current;
        return TryReadReady(_source, buffer.Span, fileOffset, ref counters.LastVisited, counters, out int count)
            ? new ValueTask<int>(count)
            : ReadMissAsync(_source, buffer[..count], fileOffset, cursor: null, cancellationToken);
    }

    /// <summary>A cursor's read, which keeps the cursor's own last visited block.</summary>
    internal int Read(RangeSource source, Span<byte> buffer, long fileOffset, ref long lastVisited) =>
        Read(source, buffer, fileOffset, ref lastVisited, source.Counters.Current);

    /// <summary>A cursor's read, which keeps the cursor's own last visited block.</summary>
    internal ValueTask<int> ReadAsync(
        RangeSource source, Memory<byte> buffer, long fileOffset, CachedCursor cursor, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        return TryReadReady(source, buffer.Span, fileOffset, ref cursor.LastVisited, source.Counters.Current, out int count)
            ? new ValueTask<int>(count)
            : ReadMissAsync(source, buffer[..count], fileOffset, cursor, cancellationToken);
    }

    /// <summary>The number of bytes that a read can return.</summary>
    internal int Clip(int length, long fileOffset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fileOffset);
        ThrowIfClosed();
        return (int)Math.Min(length, Math.Max(0, _source.Length - fileOffset));
    }

    private int Read(RangeSource source, Span<byte> buffer, long fileOffset, ref long lastVisited, CounterStripe counters)
    {
        if (!TryReadReady(source, buffer, fileOffset, ref lastVisited, counters, out int count))
        {
            ReadMiss(source, buffer[..count], fileOffset, ref lastVisited);
        }

        return count;
    }

    private bool TryReadReady(
        RangeSource source, Span<byte> buffer, long fileOffset, ref long lastVisited, CounterStripe counters, out int count)
    {
        count = Clip(buffer.Length, fileOffset);
        if (count == 0)
        {
            return true;
        }

        if (source.Cache.Copy(source.Map, fileOffset, buffer[..count], ref lastVisited, out _) < count)
        {
            return false;
        }

        counters.CountHit(count);
        return true;
    }

    private void ReadMiss(RangeSource source, Span<byte> buffer, long fileOffset, ref long lastVisited)
    {
        using var operation = new ReadOperation(
            source, fileOffset, buffer.Length, ReadOperation.IsTooLarge(source, fileOffset, buffer.Length));
        try
        {
            while (!operation.Advance(buffer, ref lastVisited, out Task wait))
            {
                BlockingWait.Wait(wait, _closing.Token);
            }
        }
        catch (Exception failure) when (_closed && failure is (OperationCanceledException or HctefException))
        {
            throw CancellationOf(CancellationToken.None);
        }

        source.Counters.CountMiss(buffer.Length);
    }

    private async ValueTask<int> ReadMissAsync(
        RangeSource source, Memory<byte> buffer, long fileOffset, CachedCursor? cursor, CancellationToken cancellationToken)
    {
        using CancellationTokenSource? either = cancellationToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token)
            : null;
        CancellationToken stop = either?.Token ?? _closing.Token;
        bool pastCache = ReadOperation.IsTooLarge(source, fileOffset, buffer.Length);
        using var operation = new ReadOperation(source, fileOffset, buffer.Length, pastCache) { IsAwaited = true };
        long lastVisited = cursor?.LastVisited ?? -1;
        try
        {
            while (!operation.Advance(buffer.Span, ref lastVisited, out Task wait))
            {
                await wait.WaitAsync(stop).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException || (_closed && failure is HctefException))
        {
            // What closing the file has stopped may tell of it before the wait does.
            throw CancellationOf(cancellationToken);
        }

        KeepLastVisited(source.Counters, cursor, lastVisited);
        source.Counters.CountMiss(buffer.Length);
        return buffer.Length;
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
