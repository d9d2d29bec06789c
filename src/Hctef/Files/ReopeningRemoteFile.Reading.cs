namespace Hctef.Files;

/// <content>The reading members: on the version that is open, and who finds it gone leaves it for the next.</content>
internal sealed partial class ReopeningRemoteFile
{
    public RemoteFileStatistics GetStatistics() => Volatile.Read(ref _last).GetStatistics();

    public IReadOnlyList<ByteRange> GetCachedRanges() => Current?.GetCachedRanges() ?? [];

    public RemoteFileInfo GetInfo()
    {
        ThrowIfClosed();
        return GetCurrent().Info;
    }

    public async ValueTask<RemoteFileInfo> GetInfoAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        return (await GetCurrentAsync(cancellationToken).ConfigureAwait(false)).Info;
    }

    public async ValueTask<RemoteFileInfo> RevalidateAsync(CancellationToken cancellationToken = default)
    {
        RemoteFile file = await GetCurrentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await file.RevalidateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsChange(failure, file))
        {
            _ = Leave(file, failure);
        }

        return (await GetCurrentAsync(cancellationToken).ConfigureAwait(false)).Info;
    }

    public int Read(Span<byte> buffer, long fileOffset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fileOffset);
        RemoteFile file = GetCurrent();
        try
        {
            return file.Read(buffer, fileOffset);
        }
        catch (Exception failure) when (IsChange(failure, file))
        {
            throw Leave(file, failure);
        }
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fileOffset);
        if (Current is not { } file)
        {
            return RunAsync(current => current.ReadAsync(buffer, fileOffset, cancellationToken), cancellationToken);
        }

        try
        {
            ValueTask<int> read = file.ReadAsync(buffer, fileOffset, cancellationToken);
            return read.IsCompletedSuccessfully ? read : AwaitAsync(file, read);
        }
        catch (ObjectDisposedException failure) when (IsChange(failure, file))
        {
            throw Leave(file, failure);
        }
    }

    public ValueTask<long> PrefetchAsync(IReadOnlyList<ByteRange> ranges, CancellationToken cancellationToken = default)
    {
        ReadArguments.CheckRanges(ranges);
        return RunAsync(file => file.PrefetchAsync(ranges, cancellationToken), cancellationToken);
    }

    public long Prefetch(IReadOnlyList<ByteRange> ranges) => BlockingWait.Run(() => PrefetchAsync(ranges).AsTask());

    public async ValueTask ReadRangesAsync(IReadOnlyList<RangeRead> reads, CancellationToken cancellationToken) =>
        await RunAsync(
            async file =>
            {
                await file.ReadRangesAsync(reads, cancellationToken).ConfigureAwait(false);
                return 0;
            },
            cancellationToken).ConfigureAwait(false);

    public FileCursor OpenCursor(CursorCaching caching) => OpenCursor(GetCurrent(), caching);

    public async ValueTask<FileCursor> OpenCursorAsync(CursorCaching caching, CancellationToken cancellationToken) =>
        OpenCursor(await GetCurrentAsync(cancellationToken).ConfigureAwait(false), caching);

    /// <summary>A cursor of one version, to be asked for again when that version is gone.</summary>
    private ReopeningCursor OpenCursor(RemoteFile file, CursorCaching caching)
    {
        ThrowIfClosed();
        return new ReopeningCursor(this, file, caching);
    }

    private async ValueTask<T> RunAsync<T>(Func<RemoteFile, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        RemoteFile file = await GetCurrentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await call(file).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsChange(failure, file))
        {
            throw Leave(file, failure);
        }
    }

    private async ValueTask<int> AwaitAsync(RemoteFile file, ValueTask<int> read)
    {
        try
        {
            return await read.ConfigureAwait(false);
        }
        catch (Exception failure) when (IsChange(failure, file))
        {
            throw Leave(file, failure);
        }
    }

    private void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_closed, typeof(IRemoteFile));
}
