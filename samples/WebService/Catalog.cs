using System.IO.Compression;
using Hctef;

namespace WebService;

/// <summary>
/// The remote archive as .NET's own <see cref="ZipArchive"/> sees it. Each request opens it anew: its directory comes from the cache.
/// </summary>
internal sealed class Catalog([FromKeyedServices("catalog")] IRemoteFile file)
{
    public async Task<IReadOnlyList<CatalogEntry>> ListAsync(CancellationToken cancellationToken)
    {
        await using ZipArchive zip = await OpenAsync(cancellationToken);
        return [.. zip.Entries.Select(entry => new CatalogEntry(entry.FullName, entry.Length, entry.CompressedLength, entry.LastWriteTime))];
    }

    /// <summary>Unpacks an entry while its bytes come; false if there is none of this name.</summary>
    /// <param name="name">The full name of the entry.</param>
    /// <param name="begin">Called before the first byte, with the length of all.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public async Task<bool> CopyAsync(string name, Action<long> begin, Stream destination, CancellationToken cancellationToken)
    {
        await using ZipArchive zip = await OpenAsync(cancellationToken);
        if (zip.GetEntry(name) is not { } entry)
            return false;
        await using Stream content = await entry.OpenAsync(cancellationToken);
        begin(entry.Length);
        await content.CopyToAsync(destination, cancellationToken);
        return true;
    }

    private async Task<ZipArchive> OpenAsync(CancellationToken cancellationToken)
    {
        Stream stream = await file.OpenStreamAsync(cancellationToken);
        try
        {
            return await ZipArchive.CreateAsync(stream, ZipArchiveMode.Read, leaveOpen: false, entryNameEncoding: null, cancellationToken);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
