using Hctef.Files;

namespace Hctef.Tests.Files;

/// <summary>A cursor of a <see cref="FakeFile"/>.</summary>
internal sealed class FakeCursor(FakeFile file, CursorCaching caching) : FileCursor
{
    public CursorCaching Caching { get; } = caching;

    public override long Length => FakeFile.Length;

    public override int Read(Span<byte> buffer, long fileOffset) => file.Read(buffer, fileOffset);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken) =>
        file.ReadAsync(buffer, fileOffset, cancellationToken);

    public override Task CopyToAsync(Stream destination, long fileOffset, int bufferSize, CancellationToken cancellationToken) =>
        destination.WriteAsync(new byte[FakeFile.Length - fileOffset], cancellationToken).AsTask();

    public override FileCursor Clone() => new FakeCursor(file, Caching);

    public override void Dispose()
    {
    }
}
