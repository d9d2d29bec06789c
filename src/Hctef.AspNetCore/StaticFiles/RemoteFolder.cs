using System.Collections;
using Microsoft.Extensions.FileProviders;

namespace Hctef.AspNetCore.StaticFiles;

/// <summary>A folder: files whose paths begin alike. Listing it opens no file.</summary>
/// <param name="files">The files in it and in the folders in it.</param>
/// <param name="prefixLength">The length of what their paths begin with, its slash included.</param>
internal sealed class RemoteFolder(IReadOnlyList<StaticRemoteFile> files, int prefixLength) : IDirectoryContents
{
    public bool Exists => true;

    public IEnumerator<IFileInfo> GetEnumerator()
    {
        return files
            .GroupBy(file => Rest(file).Split('/')[0], StringComparer.OrdinalIgnoreCase)
            .OrderBy(group => group.Key, StringComparer.OrdinalIgnoreCase)
            .SelectMany(group => Entries(group.Key, [.. group]))
            .GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A name may be that of a file and of a folder.</summary>
    private IEnumerable<IFileInfo> Entries(string name, StaticRemoteFile[] inside)
    {
        foreach (StaticRemoteFile file in inside.Where(file => Rest(file).Length == name.Length))
            yield return new RemoteFileEntry(file);
        if (inside.Any(file => Rest(file).Length > name.Length))
            yield return new RemoteFolderEntry(name);
    }

    private string Rest(StaticRemoteFile file) => file.Path[prefixLength..];
}
