using System.IO.Compression;
using Hctef;

namespace RemoteZip.Archives;

/// <summary>A ZIP archive on a server: the file, and .NET's own <see cref="ZipArchive"/> over a cursor of it.</summary>
internal sealed class RemoteArchive : IAsyncDisposable
{
    private readonly ZipArchive _zip;

    private RemoteArchive(IRemoteFile file, long length, ZipArchive zip, IReadOnlyList<ZipArchiveEntry> entries)
    {
        _zip = zip;
        File = file;
        Length = length;
        Entries = entries;
    }

    public IRemoteFile File { get; }

    /// <summary>Of the archive, in bytes.</summary>
    public long Length { get; }

    public IReadOnlyList<ZipArchiveEntry> Entries { get; }

    public static async Task<RemoteArchive> OpenAsync(IRangeReaderFactory files, Uri url, CancellationToken cancellationToken)
    {
        IRemoteFile file = await files.OpenAsync(url, cancellationToken: cancellationToken);
        try
        {
            RemoteFileInfo info = await file.GetInfoAsync(cancellationToken);
            Stream cursor = await file.OpenStreamAsync(cancellationToken);
            ZipArchive zip = await ZipArchive.CreateAsync(
                cursor, ZipArchiveMode.Read, leaveOpen: false, entryNameEncoding: null, cancellationToken);

            // The directory is read synchronously and cannot be cancelled; who gives up closes the file under it.
            IReadOnlyList<ZipArchiveEntry> entries =
                await Task.Run(() => zip.Entries, cancellationToken).WaitAsync(cancellationToken);
            return new RemoteArchive(file, info.Length, zip, entries);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    public ZipArchiveEntry Find(string name)
    {
        ZipArchiveEntry entry = _zip.GetEntry(name) ?? throw new RemoteZipException("The archive has no entry of this name.");
        if (entry.IsEncrypted)
            throw new RemoteZipException("The entry is encrypted.");
        return entry;
    }

    public async ValueTask DisposeAsync()
    {
        await _zip.DisposeAsync();
        await File.DisposeAsync();
    }
}
