using Microsoft.Win32.SafeHandles;

namespace Hctef.TestServer.Content;

/// <summary>The bytes of a file on the local disk; reads are positional, so requests do not disturb each other.</summary>
internal sealed class FileContent(string filePath) : IDisposable
{
    private readonly SafeFileHandle _handle = File.OpenHandle(filePath);

    public long Length => RandomAccess.GetLength(_handle);

    public void Fill(Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(_handle, destination, offset);
            if (read == 0)
                throw new EndOfStreamException("The served file is shorter than it was when it was added.");
            destination = destination[read..];
            offset += read;
        }
    }

    public void Dispose() => _handle.Dispose();
}
