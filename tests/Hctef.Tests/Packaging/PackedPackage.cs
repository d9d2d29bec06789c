using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;

namespace Hctef.Tests.Packaging;

/// <summary>A package as <c>dotnet pack</c> makes it of what the tests were built with.</summary>
internal sealed class PackedPackage
{
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(3);

    private PackedPackage(string package, string symbols)
    {
        using ZipArchive files = ZipFile.OpenRead(package);
        Files = [.. files.Entries.Select(entry => entry.FullName)];
        using (Stream manifest = files.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open())
            Manifest = XDocument.Load(manifest).Root!.Elements().Single();
        using ZipArchive symbolFiles = ZipFile.OpenRead(symbols);
        SymbolFiles = [.. symbolFiles.Entries.Select(entry => entry.FullName)];
    }

    public IReadOnlyList<string> Files { get; }

    public IReadOnlyList<string> SymbolFiles { get; }

    /// <summary>The <c>metadata</c> of its manifest.</summary>
    public XElement Manifest { get; }

    public IEnumerable<string> Dependencies => Manifest.Descendants(Manifest.Name.Namespace + "dependency")
        .Select(static dependency => $"{dependency.Attribute("id")!.Value} {dependency.Attribute("version")!.Value}")
        .Order(StringComparer.Ordinal);

    /// <summary>A value of the manifest.</summary>
    public string this[string name] => Manifest.Element(Manifest.Name.Namespace + name)?.Value ?? $"(no {name})";

    /// <summary>Packs a project of <c>src</c>.</summary>
    public static async Task<PackedPackage> PackAsync(string project)
    {
        string folder = Directory.CreateTempSubdirectory("hctef-package-").FullName;
        try
        {
            await RunAsync("pack", Path.Combine(Repository.Find(), "src", project), "--no-build", "-c", Configuration, "-o", folder, "-nodeReuse:false");
            return new PackedPackage(Directory.GetFiles(folder, "*.nupkg").Single(), Directory.GetFiles(folder, "*.snupkg").Single());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Configuration =>
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    private static async Task RunAsync(params string[] arguments)
    {
        using var patience = new CancellationTokenSource(MostTime);
        using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
        string output = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 0, output + await errors);
    }
}
