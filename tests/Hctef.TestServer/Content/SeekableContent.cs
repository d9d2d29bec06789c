namespace Hctef.TestServer.Content;

/// <summary>The bytes of a seekable stream. The lock guards its position, which all requests share.</summary>
internal sealed class SeekableContent(Stream stream)
{
    private readonly Lock _lock = new();

    public void Fill(Span<byte> destination, long offset)
    {
        lock (_lock)
        {
            stream.Position = offset;
            stream.ReadExactly(destination);
        }
    }
}
