using System.IO.Compression;

namespace Demo;

/// <summary>A real ZIP archive in a temporary file that is deleted with it: text is packed, pictures and clips are stored.</summary>
public sealed class DemoArchive : IAsyncDisposable
{
    private const int ChunkBytes = 1024 * 1024;

    private static readonly DateTimeOffset Modified = new(2024, 2, 29, 12, 0, 0, TimeSpan.Zero);

    private DemoArchive(FileStream content)
    {
        Content = content;
    }

    public FileStream Content { get; }

    public static async Task<DemoArchive> CreateAsync(CancellationToken cancellationToken)
    {
        var archive = new DemoArchive(CreateTemporaryFile());
        try
        {
            await WriteAsync(archive.Content, cancellationToken);
            return archive;
        }
        catch
        {
            await archive.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Content.DisposeAsync();

    private static FileStream CreateTemporaryFile()
    {
        string path = Path.Join(Path.GetTempPath(), Path.GetRandomFileName());
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            Options = FileOptions.DeleteOnClose,
            BufferSize = 0,
        });

        // Without a name at once where the system allows it: nothing is left even if the process is killed.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        return file;
    }

    private static async Task WriteAsync(Stream file, CancellationToken cancellationToken)
    {
        await using ZipArchive zip = await ZipArchive.CreateAsync(
            file, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        var chunk = new byte[ChunkBytes];
        foreach (DemoEntry entry in DemoContents.Entries)
        {
            ZipArchiveEntry written = zip.CreateEntry(
                entry.Name, entry.IsText ? CompressionLevel.Fastest : CompressionLevel.NoCompression);
            written.LastWriteTime = Modified;
            await using Stream stream = await written.OpenAsync(cancellationToken);
            for (int offset = 0; offset < entry.Length; offset += chunk.Length)
            {
                Memory<byte> part = chunk.AsMemory(0, Math.Min(chunk.Length, entry.Length - offset));
                entry.Fill(part.Span, offset);
                await stream.WriteAsync(part, cancellationToken);
            }
        }
    }
}
