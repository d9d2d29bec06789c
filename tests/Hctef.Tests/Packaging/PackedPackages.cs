namespace Hctef.Tests.Packaging;

/// <summary>All packages, packed once.</summary>
public sealed class PackedPackages : IAsyncLifetime
{
    private readonly Dictionary<string, PackedPackage> _packages = new(StringComparer.Ordinal);

    public async Task InitializeAsync()
    {
        foreach (string name in (string[])["Hctef", "Hctef.AspNetCore"])
            _packages.Add(name, await PackedPackage.PackAsync(name));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    internal PackedPackage Of(string name) => _packages[name];
}
