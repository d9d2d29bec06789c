namespace Hctef.Files;

/// <summary>
/// The reading side of one <see cref="RemoteFileStream"/>: positional reads under one caching mode, by one caller at a time.
/// Disposing it gives back what the mode keeps, never the file.
/// </summary>
internal abstract class FileCursor : IDisposable
{
    /// <summary>The length of the file in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Fills a buffer from an offset, which may lie behind the end of the file.</summary>
    public abstract int Read(Span<byte> buffer, long fileOffset);

    /// <summary>Fills a buffer from an offset, which may lie behind the end of the file.</summary>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken);

    /// <summary>Tells that a range will be read in order, and nothing behind it.</summary>
    public virtual void Expect(long start, long end)
    {
    }

    /// <summary>Copies from an offset to the end of the file.</summary>
    public abstract Task CopyToAsync(Stream destination, long fileOffset, int bufferSize, CancellationToken cancellationToken);

    /// <summary>Starts another cursor of the same file and mode.</summary>
    public abstract FileCursor Clone();

    /// <inheritdoc/>
    public abstract void Dispose();
}
