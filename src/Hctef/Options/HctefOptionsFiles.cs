namespace Hctef.Options;

/// <summary>How registration reaches the options of a file.</summary>
internal static class HctefOptionsFiles
{
    /// <summary>Gets the options of a registered file, which are added where nothing was said of it yet.</summary>
    public static RemoteFileOptions GetOrAddFile(this HctefOptions options, string name)
    {
        if (!options.Files.TryGetValue(name, out RemoteFileOptions? file))
            options.Files[name] = file = new RemoteFileOptions();
        return file;
    }
}
