namespace Hctef.Benchmarks.Scenarios;

/// <summary>A folder for disk tiers, under the system's folder for temporary files, that goes with the scenario.</summary>
internal sealed class DiskFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("hctef-benchmark-").FullName;
    private int _last;

    /// <summary>The same at each call.</summary>
    public string Shared => Path.Combine(_path, "shared");

    /// <summary>Another one at each call.</summary>
    public string Next() => Path.Combine(_path, $"{Interlocked.Increment(ref _last)}");

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
