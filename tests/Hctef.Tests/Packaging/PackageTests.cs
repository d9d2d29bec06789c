namespace Hctef.Tests.Packaging;

/// <summary>What users get: everything that a package should bring, and no dependency that nobody meant.</summary>
public sealed class PackageTests(PackedPackages packages) : IClassFixture<PackedPackages>
{
    private const string Extensions = "10.0.14";

    [Theory]
    [InlineData("Hctef")]
    [InlineData("Hctef.AspNetCore")]
    public async Task A_package_is_complete(string name)
    {
        PackedPackage package = packages.Of(name);

        Assert.Equal(name, package["id"]);
        Assert.Matches(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$", package["version"]);
        Assert.Contains($"\n## {package["version"].Split('-')[0]} ", await File.ReadAllTextAsync(Path.Combine(Repository.Find(), "CHANGELOG.md")), StringComparison.Ordinal);
        Assert.Equal(("Apache-2.0", "README.md", "icon.png"), (package["license"], package["readme"], package["icon"]));
        Assert.True(package["description"].Length > 50);
        Assert.Superset(
            new HashSet<string>(["README.md", "LICENSE", "icon.png", $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml"], StringComparer.Ordinal),
            new HashSet<string>(package.Files, StringComparer.Ordinal));
        Assert.Contains($"lib/net10.0/{name}.pdb", package.SymbolFiles);
    }

    [Fact]
    public void The_library_depends_on_what_it_needs_alone()
    {
        PackedPackage package = packages.Of("Hctef");

        Assert.Equal(
            [
                $"Microsoft.Extensions.Caching.Abstractions {Extensions}",
                $"Microsoft.Extensions.Diagnostics.HealthChecks {Extensions}",
                $"Microsoft.Extensions.Hosting.Abstractions {Extensions}",
                $"Microsoft.Extensions.Http {Extensions}",
                $"Microsoft.Extensions.Logging.Abstractions {Extensions}",
                $"Microsoft.Extensions.Options {Extensions}",
                $"Microsoft.Extensions.Options.ConfigurationExtensions {Extensions}",
                "Polly.Core 8.9.1",
            ],
            package.Dependencies);
    }

    [Fact]
    public void The_package_for_services_depends_on_the_library_and_the_framework()
    {
        PackedPackage package = packages.Of("Hctef.AspNetCore");

        Assert.Equal([$"Hctef {package["version"]}"], package.Dependencies);
        Assert.Equal(
            ["Microsoft.AspNetCore.App"],
            package.Manifest.Descendants(package.Manifest.Name.Namespace + "frameworkReference").Select(static reference => reference.Attribute("name")!.Value));
    }
}
