namespace Hctef.Files;

/// <summary>
/// A cursor over any <see cref="IRemoteFile"/> that keeps nothing of its own: what is cached is the file's affair, so every caching
/// mode behaves as <see cref="CursorCaching.Shared"/>. The length is that of the moment when the cursor was opened.
/// </summary>
internal sealed class ForwardingCursor(IRemoteFile file, long length) : FileCursor
{
    private const string EndedEarly = "The file ended before the length that it had stated.";

    public override long Length => length;

    public override int Read(Span<byte> buffer, long fileOffset)
    {
        int wanted = Clip(buffer.Length, fileOffset);
        int count = wanted == 0 ? 0 : FullRead.Read(file, buffer[..wanted], fileOffset);
        return count == wanted ? count : throw new EndOfStreamException(EndedEarly);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken)
    {
        int wanted = Clip(buffer.Length, fileOffset);
        if (wanted == 0)
            return new ValueTask<int>(0);
        return file is IHctefFile
            ? file.ReadAsync(buffer[..wanted], fileOffset, cancellationToken)
            : ReadForeignAsync(buffer[..wanted], fileOffset, cancellationToken);
    }

    public override async Task CopyToAsync(Stream destination, long fileOffset, int bufferSize, CancellationToken cancellationToken)
    {
        long wanted = Math.Max(0, length - fileOffset);
        long copied = await RangeCopy.CopyAsync(file, destination, fileOffset, wanted, cancellationToken).ConfigureAwait(false);
        if (copied < wanted)
            throw new EndOfStreamException(EndedEarly);
    }

    public override FileCursor Clone() => new ForwardingCursor(file, length);

    public override void Dispose()
    {
    }

    private async ValueTask<int> ReadForeignAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken)
    {
        int count = await FullRead.ReadAsync(file, buffer, fileOffset, cancellationToken).ConfigureAwait(false);
        return count == buffer.Length ? count : throw new EndOfStreamException(EndedEarly);
    }

    private int Clip(int count, long fileOffset) => (int)Math.Clamp(length - fileOffset, 0, count);
}
