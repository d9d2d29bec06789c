using Demo;
using Hctef.TestServer.Honest;

namespace WebService;

/// <summary>A server on the loopback that has a large archive, for those who have named no other.</summary>
internal sealed class EmbeddedOrigin : IAsyncDisposable
{
    private const string UrlKey = "Hctef:Files:catalog:Url";

    private readonly HonestServer _server;
    private readonly DemoArchive _archive;

    private EmbeddedOrigin(HonestServer server, DemoArchive archive)
    {
        _server = server;
        _archive = archive;
    }

    public static async Task<EmbeddedOrigin?> StartIfNeededAsync(ConfigurationManager configuration)
    {
        if (configuration[UrlKey] is not null)
            return null;
        DemoArchive archive = await DemoArchive.CreateAsync(CancellationToken.None);
        HonestServer server = await HonestServer.StartAsync();
        configuration[UrlKey] = server.Add("collection.zip", archive.Content).Uri.AbsoluteUri;
        return new EmbeddedOrigin(server, archive);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _archive.DisposeAsync();
    }
}
