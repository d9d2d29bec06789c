using Microsoft.Extensions.FileProviders;

namespace Hctef.AspNetCore.StaticFiles;

/// <summary>A folder inside a folder.</summary>
internal sealed class RemoteFolderEntry(string name) : IFileInfo
{
    public bool Exists => true;

    public long Length => -1;

    public string? PhysicalPath => null;

    public string Name { get; } = name;

    public DateTimeOffset LastModified => DateTimeOffset.UnixEpoch;

    public bool IsDirectory => true;

    public Stream CreateReadStream() => throw new InvalidOperationException("A folder has no content.");
}
