using Hctef.Diagnostics;
using Hctef.Files;

namespace Hctef.Tests.Files;

/// <summary>An open file that counts what reaches it; every byte is 7.</summary>
internal sealed class FakeFile(Uri uri) : IHctefFile
{
    public const int Length = 100;

    private int _reads;

    public int Reads => Volatile.Read(ref _reads);

    public int Disposals { get; private set; }

    public Uri Uri { get; } = uri;

    public LastFailure? LastFailure => null;

    public ValueTask<RemoteFileInfo> GetInfoAsync(CancellationToken cancellationToken = default) => new(GetInfo());

    public ValueTask<RemoteFileInfo> RevalidateAsync(CancellationToken cancellationToken = default) => new(GetInfo());

    public ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken = default) =>
        new(Read(buffer.Span, fileOffset));

    public ValueTask<long> PrefetchAsync(IReadOnlyList<ByteRange> ranges, CancellationToken cancellationToken = default) =>
        new(Prefetch(ranges));

    public RemoteFileStatistics GetStatistics() => new() { Requests = 1, BytesServed = Reads };

    public IReadOnlyList<ByteRange> GetCachedRanges() => [new ByteRange(0, Length)];

    public RemoteFileInfo GetInfo()
    {
        ThrowIfDisposed();
        return new RemoteFileInfo { Length = Length };
    }

    public int Read(Span<byte> buffer, long fileOffset)
    {
        ThrowIfDisposed();
        Interlocked.Increment(ref _reads);
        buffer.Fill(7);
        return buffer.Length;
    }

    public long Prefetch(IReadOnlyList<ByteRange> ranges)
    {
        ThrowIfDisposed();
        return ranges.Sum(r => r.Length);
    }

    public ValueTask ReadRangesAsync(IReadOnlyList<RangeRead> reads, CancellationToken cancellationToken)
    {
        foreach (RangeRead read in reads)
            Read(read.Buffer.Span, read.FileOffset);
        return default;
    }

    public FileCursor OpenCursor(CursorCaching caching) => new FakeCursor(this, caching);

    public ValueTask<FileCursor> OpenCursorAsync(CursorCaching caching, CancellationToken cancellationToken) => new(OpenCursor(caching));

    public void Dispose() => Disposals++;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Disposals > 0, typeof(IRemoteFile));
}
