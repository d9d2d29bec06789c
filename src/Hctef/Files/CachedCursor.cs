using Hctef.Fetching;

namespace Hctef.Files;

/// <summary>A cursor that reads through blocks: those that all share, or (<see cref="PrivateCursor"/>) its own.</summary>
internal class CachedCursor(RemoteFile file, RangeSource source) : FileCursor
{
    /// <summary>The block that the cursor read last: reading on in it is no new visit.</summary>
    public long LastVisited = -1;

    /// <summary>Reads ahead of the cursor; null where that is off.</summary>
    public Readahead? Readahead { get; } = source.MaxReadaheadBytes > 0 ? new Readahead(source, mostStreams: 1) : null;

    public override long Length => source.Length;

    protected RemoteFile File => file;

    protected RangeSource Source => source;

    public override int Read(Span<byte> buffer, long fileOffset) => file.Read(source, buffer, fileOffset, Readahead, ref LastVisited);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken) =>
        file.ReadAsync(source, buffer, fileOffset, this, cancellationToken);

    public override Task CopyToAsync(Stream destination, long fileOffset, int bufferSize, CancellationToken cancellationToken) =>
        CursorCopy.CopyAsync(this, destination, fileOffset, Length - fileOffset, cancellationToken);

    public override FileCursor Clone() => new CachedCursor(file, source);

    public override void Expect(long start, long end) => Readahead?.Expect(start, end);

    public override void Dispose() => Readahead?.Dispose();
}
