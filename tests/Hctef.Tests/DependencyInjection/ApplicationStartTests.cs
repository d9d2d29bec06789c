using Hctef.Tests.Files;
using Hctef.Tests.Samples;
using Hctef.TestServer.Honest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hctef.Tests.DependencyInjection;

/// <summary>A fresh ASP.NET Core project: one line in Program.cs, one section in appsettings.json.</summary>
public sealed class ApplicationStartTests
{
    [Fact]
    public async Task One_line_and_one_section_inject_a_file()
    {
        await using HonestServer origin = await HonestServer.StartAsync();
        ServedFile served = origin.Add("catalog.bin", 100_000);
        using var folder = new ScratchFolder();
        await using WebApplication app = Create(folder, $$"""{ "Files": { "catalog": { "Url": "{{served.Uri}}" } } }""");
        app.MapGet("/first", static async (IRemoteFile catalog, CancellationToken cancellationToken) =>
        {
            byte[] bytes = new byte[16];
            await catalog.ReadExactlyAsync(bytes, 1000, cancellationToken);
            return Convert.ToHexString(bytes);
        });
        await app.StartAsync();
        Assert.Equal(0, origin.RequestCount);

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        string first = await client.GetStringAsync("/first").WaitAsync(FileRig.HangGuard);

        Assert.True(served.Matches(Convert.FromHexString(first), 1000));
    }

    [Theory]
    [InlineData("""{ "Cache": { "MemoryBytes": -1 } }""", "Cache.MemoryBytes is -1, but must be 0 for no cache or at least BlockBytes, which is 16384")]
    [InlineData("""{ "Cache": { "MemoryBytes": 16000 } }""", "Cache.MemoryBytes is 16000, but must be 0 for no cache or at least BlockBytes, which is 16384")]
    [InlineData("""{ "Cache": { "BlockBytes": 1000 } }""", "Cache.BlockBytes is 1000, but must be a power of two from 512 to 1048576")]
    [InlineData("""{ "Cache": { "Memory": 1 } }""", "'Hctef:Cache:Memory' is not known: 'Memory' is none of MemoryBytes, BlockBytes")]
    [InlineData("""{ "Cash": {} }""", "'Hctef:Cash' is not known: 'Cash' is none of Cache, Transport, Retry, Egress, FileDefaults, Files")]
    [InlineData("""{ "Transport": { "IdleTimeout": 10 } }""", "Transport.IdleTimeout is 10.00:00:00, but must be above zero and at most one day (in configuration \"10\" means ten days and \"00:00:10\" ten seconds)")]
    [InlineData("""{ "Transport": { "IdleTimeout": "10 s" } }""", "'10 s' at 'Hctef:Transport:IdleTimeout'")]
    [InlineData("""{ "Transport": { "MaxRedirects": 11 } }""", "Transport.MaxRedirects is 11, but must be from 0 to 10")]
    [InlineData("""{ "Retry": { "BaseDelay": "00:00:20" } }""", "Retry.MaxDelay is 00:00:15, but must be at least BaseDelay, which is 00:00:20")]
    [InlineData("""{ "Egress": { "Enabled": true, "AllowedPorts": [ 0 ] } }""", "Egress.AllowedPorts has 0, but ports are from 1 to 65535")]
    [InlineData("""{ "FileDefaults": { "PrefetchDirection": 7 } }""", "FileDefaults.PrefetchDirection is 7, but must be one of End, Start")]
    [InlineData("""{ "FileDefaults": { "OnStartFailure": 7 } }""", "FileDefaults.OnStartFailure is 7, but must be one of Fail, Warn")]
    [InlineData("""{ "FileDefaults": { "Url": "https://a/" } }""", "FileDefaults.Url must not be set")]
    [InlineData("""{ "Cache": { "MemoryBytes": 0 }, "FileDefaults": { "WhenRangesUnsupported": "Download" } }""", "FileDefaults.WhenRangesUnsupported is Download, but Cache.MemoryBytes is 0")]
    [InlineData("""{ "Files": { "catalog": {} } }""", "Files:catalog:Url is missing; every registered file needs an absolute http or https URL")]
    [InlineData("""{ "Files": { "catalog": { "Url": null } } }""", "Files:catalog:Url is missing")]
    [InlineData("""{ "Files": { "catalog": { "Url": "" } } }""", "Files:catalog:Url is")]
    [InlineData("""{ "Files": { "catalog": { "Url": "catalog.zip?canary" } } }""", "Files:catalog:Url is relative, but must be an absolute http or https URL")]
    [InlineData("""{ "Files": { "catalog": { "Url": "http://:canary" } } }""", "'Hctef:Files:catalog:Url' is not a URL")]
    [InlineData("""{ "Files": { "catalog": { "Url": "ftp://example.com/?canary" } } }""", "Files:catalog:Url has the scheme 'ftp', but must be an absolute http or https URL")]
    [InlineData("""{ "Files": { "catalog": { "Url": "https+http://catalog/?canary" } } }""", "Files:catalog:Url has the scheme 'https+http', but no handler of the HTTP client 'Hctef' resolves services")]
    [InlineData("""{ "Files": { "catalog": "https://example.com/?canary" } }""", "'Hctef:Files:catalog' has a value, but must be a section or list")]
    [InlineData("""{ "Files": { " ": { "Url": "https://example.com/?canary" } } }""", "Files has a file without a name")]
    [InlineData("""{ "Files": { "catalog": { "Url": "https://example.com/", "Headers": { "Range": "canary" } } } }""", "Files:catalog:Headers has 'Range', which cannot be sent")]
    public async Task A_wrong_section_stops_the_start_with_one_message(string section, string expected)
    {
        using var folder = new ScratchFolder();
        await using WebApplication app = Create(folder, section);

        Exception e = (await Record.ExceptionAsync(() => app.StartAsync()))!;

        Assert.True(e is OptionsValidationException or InvalidOperationException, e.ToString());
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal);
        if (e is OptionsValidationException { Failures: var failures })
            Assert.Single(failures);
    }

    [Fact]
    public async Task Files_without_a_start_of_their_own_wait_for_their_first_use()
    {
        using var folder = new ScratchFolder();
        await using WebApplication app = Create(folder, """{ "Files": { "catalog": { "Url": "https://example.invalid/" } } }""");
        await app.StartAsync();
    }

    private static WebApplication Create(ScratchFolder folder, string section)
    {
        File.WriteAllText(Path.Combine(folder.Path, "appsettings.json"), $$"""{ "Hctef": {{section}} }""");
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = folder.Path,
            // Watchers of files are few on some machines.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();

        builder.Services.AddHctef(builder.Configuration.GetSection("Hctef"));

        return builder.Build();
    }
}
