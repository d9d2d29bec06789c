using System.Net;
using Microsoft.Extensions.FileProviders;

namespace Hctef.AspNetCore.StaticFiles;

/// <summary>A file as one request sees it: of one version from the first question on.</summary>
internal sealed class RemoteFileEntry(StaticRemoteFile file) : IFileInfo
{
    private readonly Lazy<RemoteFileInfo?> _info = new(() => Open(file.File), LazyThreadSafetyMode.ExecutionAndPublication);

    public bool Exists => _info.Value is not null;

    public long Length => _info.Value?.Length ?? -1;

    public string? PhysicalPath => null;

    public string Name { get; } = file.Path.Split('/')[^1];

    public DateTimeOffset LastModified => _info.Value?.LastModified ?? file.FirstSeen;

    public bool IsDirectory => false;

    public Stream CreateReadStream()
    {
        RemoteFileInfo expected = _info.Value ?? throw new FileNotFoundException("The origin does not have the remote file.", file.Path);
        RemoteFileStream stream = file.File.OpenStream();
        RemoteFileInfo current = file.File.GetInfo();
        if (current == expected)
            return stream;

        // Only one that was declared immutable, and is reopened, gets here: the headers of the reply would be those of the other version.
        stream.Dispose();
        throw new RemoteFileChangedException("A remote file that was declared immutable has changed.", expected, current);
    }

    private static RemoteFileInfo? Open(IRemoteFile file)
    {
        try
        {
            return file.GetInfo();
        }
        catch (HctefNetworkException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            return null;
        }
    }
}
