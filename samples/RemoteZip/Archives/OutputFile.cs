using RemoteZip.Output;

namespace RemoteZip.Archives;

/// <summary>A file that appears under its name only when it is complete; until then it has a temporary name in the same folder.</summary>
internal sealed class OutputFile : IAsyncDisposable
{
    private readonly string _path;
    private readonly string _temporaryPath;
    private readonly bool _replace;

    private OutputFile(string path, bool replace)
    {
        _path = Path.GetFullPath(path);
        _replace = replace;
        _temporaryPath = Path.Join(Path.GetDirectoryName(_path), $".{Path.GetRandomFileName()}.part");
        if (Directory.Exists(_path))
            throw new RemoteZipException($"{PrintableText.Of(path)} is a folder.");
        if (!replace && File.Exists(_path))
            throw new RemoteZipException($"{PrintableText.Of(path)} exists already; --out replaces it.");
        Content = new FileStream(_temporaryPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
    }

    public Stream Content { get; }

    /// <summary>At the path that the user chose, or in the current folder under the entry's own name.</summary>
    public static OutputFile Create(string? chosenPath, string entryName) =>
        chosenPath is null ? new OutputFile(LocalName.Of(entryName), replace: false) : new OutputFile(chosenPath, replace: true);

    public async Task CompleteAsync()
    {
        await Content.DisposeAsync();
        File.Move(_temporaryPath, _path, _replace);
    }

    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync();
        File.Delete(_temporaryPath);
    }
}
