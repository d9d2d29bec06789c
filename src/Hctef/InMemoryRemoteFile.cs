using System.Net.Http.Headers;
using Hctef.Diagnostics;
using Hctef.Files;

namespace Hctef;

/// <summary>
/// A file whose bytes lie in memory, for tests of code that takes an <see cref="IRemoteFile"/>. It behaves as an open file of which
/// every byte is cached: the network is never asked. Safe for concurrent use.
/// </summary>
public sealed class InMemoryRemoteFile : IRemoteFile, IHctefFile
{
    private static readonly Uri DefaultUri = new("https://in-memory.invalid/file");

    private readonly ReadOnlyMemory<byte> _content;
    private readonly RemoteFileInfo _info;
    private long _bytesServed;
    private long _hits;
    private volatile bool _disposed;

    /// <summary>Creates a file.</summary>
    /// <param name="content">The bytes, which are not copied.</param>
    /// <param name="uri">An absolute URL; <c>https://in-memory.invalid/file</c> if null.</param>
    /// <param name="entityTag">The entity tag, quotes and <c>W/</c> included; null for a file without one.</param>
    /// <param name="lastModified">When the file was last modified; null if unknown.</param>
    /// <param name="contentType">The media type; null if unknown.</param>
    /// <exception cref="ArgumentException">The URL is relative, or the entity tag is not one.</exception>
    public InMemoryRemoteFile(
        ReadOnlyMemory<byte> content,
        Uri? uri = null,
        string? entityTag = null,
        DateTimeOffset? lastModified = null,
        string? contentType = null)
    {
        if (uri is { IsAbsoluteUri: false })
            throw new ArgumentException("The URL is not absolute.", nameof(uri));
        EntityTagHeaderValue? tag = null;
        if (entityTag is not null && !EntityTagHeaderValue.TryParse(entityTag, out tag))
            throw new ArgumentException("The entity tag is not one (RFC 9110, section 8.8.3): it is quoted.", nameof(entityTag));

        _content = content;
        Uri = uri ?? DefaultUri;
        _info = new RemoteFileInfo
        {
            Length = content.Length,
            EntityTag = entityTag,
            LastModified = lastModified,
            ContentType = contentType,
            Consistency = tag is { IsWeak: false } ? RemoteFileConsistency.StrongEntityTag : RemoteFileConsistency.ThisOpenOnly,
        };
    }

    /// <inheritdoc/>
    public Uri Uri { get; }

    /// <inheritdoc/>
    public ValueTask<RemoteFileInfo> GetInfoAsync(CancellationToken cancellationToken = default)
    {
        RemoteFileInfo info = GetInfo();
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<RemoteFileInfo>(cancellationToken)
            : new ValueTask<RemoteFileInfo>(info);
    }

    /// <inheritdoc/>
    public ValueTask<RemoteFileInfo> RevalidateAsync(CancellationToken cancellationToken = default) => GetInfoAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : new ValueTask<int>(Read(buffer.Span, fileOffset));

    /// <inheritdoc/>
    public ValueTask<long> PrefetchAsync(IReadOnlyList<ByteRange> ranges, CancellationToken cancellationToken = default)
    {
        long asked = Prefetch(ranges);
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<long>(cancellationToken)
            : new ValueTask<long>(asked);
    }

    /// <inheritdoc/>
    public RemoteFileStatistics GetStatistics() =>
        new() { BytesServed = Interlocked.Read(ref _bytesServed), Hits = Interlocked.Read(ref _hits) };

    /// <inheritdoc/>
    public IReadOnlyList<ByteRange> GetCachedRanges() => _content.IsEmpty ? [] : [new ByteRange(0, _content.Length)];

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    /// <inheritdoc/>
    public void Dispose() => _disposed = true;

    LastFailure? IHctefFile.LastFailure => null;

    RemoteFileInfo IHctefFile.GetInfo() => GetInfo();

    int IHctefFile.Read(Span<byte> buffer, long fileOffset) => Read(buffer, fileOffset);

    long IHctefFile.Prefetch(IReadOnlyList<ByteRange> ranges) => Prefetch(ranges);

    async ValueTask IHctefFile.ReadRangesAsync(IReadOnlyList<RangeRead> reads, CancellationToken cancellationToken)
    {
        for (int i = 0; i < reads.Count; i++)
            await this.ReadExactlyAsync(reads[i].Buffer, reads[i].FileOffset, cancellationToken).ConfigureAwait(false);
    }

    FileCursor IHctefFile.OpenCursor(CursorCaching caching) => new ForwardingCursor(this, GetInfo().Length);

    ValueTask<FileCursor> IHctefFile.OpenCursorAsync(CursorCaching caching, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<FileCursor>(cancellationToken)
            : new ValueTask<FileCursor>(((IHctefFile)this).OpenCursor(caching));

    private RemoteFileInfo GetInfo()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _info;
    }

    private int Read(Span<byte> buffer, long fileOffset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fileOffset);
        ObjectDisposedException.ThrowIf(_disposed, this);
        int count = (int)Math.Clamp(_content.Length - fileOffset, 0, buffer.Length);
        if (count == 0)
            return 0;
        _content.Span.Slice((int)fileOffset, count).CopyTo(buffer);
        Interlocked.Add(ref _bytesServed, count);
        Interlocked.Increment(ref _hits);
        return count;
    }

    private long Prefetch(IReadOnlyList<ByteRange> ranges)
    {
        ReadArguments.CheckRanges(ranges);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return 0;
    }
}
