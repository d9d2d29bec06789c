using System.IO.Compression;
using Hctef.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Snippets;

/// <summary>The code of the README, word for word (<see cref="SnippetTests"/>), so that it compiles.</summary>
internal static class ReadmeSnippets
{
    public static void RegisterAndInject(WebApplicationBuilder builder, WebApplication app)
    {
        builder.Services.AddHctef(builder.Configuration.GetSection("Hctef"))
            .AddRemoteFile("catalog", new Uri("https://example.com/catalog.zip"));

        app.MapGet("/entries", async ([FromKeyedServices("catalog")] IRemoteFile catalog, CancellationToken cancellationToken) =>
        {
            await using Stream stream = await catalog.OpenStreamAsync(cancellationToken);
            await using ZipArchive zip = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Read, leaveOpen: true, null, cancellationToken);
            return zip.Entries.Select(entry => entry.FullName).ToArray();
        });
    }

    public static void ShareBetweenMachines(WebApplicationBuilder builder, IDistributedCache store)
    {
        builder.Services.AddSingleton<IDistributedCache>(store);   // what AddStackExchangeRedisCache and its likes do
        builder.Services.AddHctef(builder.Configuration.GetSection("Hctef")).UseDistributedCache();
    }

    public static void Serve(WebApplication app)
    {
        app.MapRemoteFile("/files/catalog", "catalog").RequireAuthorization();
        app.UseStaticFiles(new StaticFileOptions { FileProvider = new RemoteFileProvider(app.Services), RequestPath = "/static" });
    }

    public static async Task<int> OpenAsync(IRangeReaderFactory files, Uri url, byte[] buffer, CancellationToken cancellationToken)
    {
        await using IRemoteFile file = await files.OpenAsync(url, cancellationToken: cancellationToken);
        int count = await file.ReadAsync(buffer, fileOffset: 1_000_000, cancellationToken);   // fills the buffer unless the file ends
        return count;
    }
}
