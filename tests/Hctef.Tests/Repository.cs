namespace Hctef.Tests;

/// <summary>Where the sources lie that the tests were built from.</summary>
internal static class Repository
{
    public static string Find()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Hctef.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("Hctef.sln is not above the test's directory.");
    }
}
