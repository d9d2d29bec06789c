namespace Hctef.Tests.Samples;

/// <summary>An empty folder that is deleted with its content.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hctef-");

    public string Path => _folder.FullName;

    /// <summary>The names of all that is in it.</summary>
    public IEnumerable<string> Names => _folder.EnumerateFileSystemInfos().Select(file => file.Name);

    public string this[string name] => System.IO.Path.Join(Path, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
