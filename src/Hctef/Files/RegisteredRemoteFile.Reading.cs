namespace Hctef.Files;

/// <content>The reading members: straight to the open file, or through its opening. Arguments are judged before it opens.</content>
internal sealed partial class RegisteredRemoteFile
{
    public ValueTask<RemoteFileInfo> GetInfoAsync(CancellationToken cancellationToken = default)
    {
        return Opened is { } file ? file.GetInfoAsync(cancellationToken) : OpenAndGetInfoAsync(cancellationToken);
    }

    public ValueTask<RemoteFileInfo> RevalidateAsync(CancellationToken cancellationToken = default)
    {
        return Opened is { } file ? file.RevalidateAsync(cancellationToken) : OpenAndRevalidateAsync(cancellationToken);
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken = default)
    {
        if (Opened is { } file)
            return file.ReadAsync(buffer, fileOffset, cancellationToken);

        ArgumentOutOfRangeException.ThrowIfNegative(fileOffset);
        return OpenAndReadAsync(buffer, fileOffset, cancellationToken);
    }

    public ValueTask<long> PrefetchAsync(IReadOnlyList<ByteRange> ranges, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        return Opened is { } file ? file.PrefetchAsync(ranges, cancellationToken) : OpenAndPrefetchAsync(ranges, cancellationToken);
    }

    public ValueTask ReadRangesAsync(IReadOnlyList<RangeRead> reads, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reads);
        return Opened is { } file ? file.ReadRangesAsync(reads, cancellationToken) : OpenAndReadRangesAsync(reads, cancellationToken);
    }

    public ValueTask<FileCursor> OpenCursorAsync(CursorCaching caching, CancellationToken cancellationToken)
    {
        return Opened is { } file ? file.OpenCursorAsync(caching, cancellationToken) : OpenAndStartCursorAsync(caching, cancellationToken);
    }

    public RemoteFileInfo GetInfo() => GetFile().GetInfo();

    public int Read(Span<byte> buffer, long fileOffset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fileOffset);
        return GetFile().Read(buffer, fileOffset);
    }

    public long Prefetch(IReadOnlyList<ByteRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        return GetFile().Prefetch(ranges);
    }

    public FileCursor OpenCursor(CursorCaching caching) => GetFile().OpenCursor(caching);

    private async ValueTask<RemoteFileInfo> OpenAndGetInfoAsync(CancellationToken cancellationToken)
    {
        IHctefFile file = await GetFileAsync(cancellationToken).ConfigureAwait(false);
        return await file.GetInfoAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<RemoteFileInfo> OpenAndRevalidateAsync(CancellationToken cancellationToken)
    {
        IHctefFile file = await GetFileAsync(cancellationToken).ConfigureAwait(false);
        return await file.RevalidateAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<int> OpenAndReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken)
    {
        IHctefFile file = await GetFileAsync(cancellationToken).ConfigureAwait(false);
        return await file.ReadAsync(buffer, fileOffset, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<long> OpenAndPrefetchAsync(IReadOnlyList<ByteRange> ranges, CancellationToken cancellationToken)
    {
        IHctefFile file = await GetFileAsync(cancellationToken).ConfigureAwait(false);
        return await file.PrefetchAsync(ranges, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask OpenAndReadRangesAsync(IReadOnlyList<RangeRead> reads, CancellationToken cancellationToken)
    {
        IHctefFile file = await GetFileAsync(cancellationToken).ConfigureAwait(false);
        await file.ReadRangesAsync(reads, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<FileCursor> OpenAndStartCursorAsync(CursorCaching caching, CancellationToken cancellationToken)
    {
        IHctefFile file = await GetFileAsync(cancellationToken).ConfigureAwait(false);
        return await file.OpenCursorAsync(caching, cancellationToken).ConfigureAwait(false);
    }
}
