using Hctef.Benchmarks.Server;
using Microsoft.Win32.SafeHandles;

namespace Hctef.Benchmarks.Clients;

/// <summary>The served data as a file of the local disk, in the page cache since it was just written.</summary>
internal sealed class LocalFile : IDisposable
{
    private readonly string _path;

    private LocalFile(string path)
    {
        _path = path;
        Handle = File.OpenHandle(path);
    }

    public SafeFileHandle Handle { get; }

    public static LocalFile Create(long length)
    {
        string path = Path.Combine(Path.GetTempPath(), $"hctef-benchmark-{Environment.ProcessId}-{length}.bin");
        using (FileStream stream = File.Create(path))
        {
            var piece = new byte[1 << 20];
            for (long offset = 0; offset < length; offset += piece.Length)
            {
                ServerFiles.DataContent.Fill(piece, offset);
                stream.Write(piece);
            }
        }

        return new LocalFile(path);
    }

    public void Read(Span<byte> buffer, long offset)
    {
        if (RandomAccess.Read(Handle, buffer, offset) != buffer.Length)
            throw new EndOfStreamException();
    }

    public void Dispose()
    {
        Handle.Dispose();
        File.Delete(_path);
    }
}
