using System.Net;
using Azure.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Recipes;

namespace Hctef.Tests.Snippets;

/// <summary>The code of the recipes' page, word for word (<see cref="SnippetTests"/>), so that it compiles; and it registers what is valid.</summary>
internal static class RecipeSnippets
{
    public static IReadOnlyList<Action<HostApplicationBuilder>> All { get; } =
    [
        BearerToken,
        static builder => S3(builder, "AKIAEXAMPLE", "secret"),
        static builder => AzureBlobStorage(builder, new NoCredential()),
        GoogleCloudStorage,
        static builder => SeveralAccounts(builder, static _ => default, static _ => default),
        ProxyAndHttp2,
        Resilience,
        ServiceDiscovery,
    ];

    private static void BearerToken(HostApplicationBuilder builder)
    {
        builder.Services.AddHctef(options => options.FileDefaults.Partition = "reports")
            .ConfigureHttpClient(client => client.AddHttpMessageHandler(services => new BearerTokenHandler(
                cancellationToken => services.GetRequiredService<ITokenSource>().GetTokenAsync(cancellationToken),
                TimeProvider.System)));
    }

    private static void S3(HostApplicationBuilder builder, string accessKeyId, string secretAccessKey)
    {
        builder.Services.AddHctef(options => options.FileDefaults.Partition = "s3")
            .AddRemoteFile("catalog", new Uri("https://my-bucket.s3.eu-central-1.amazonaws.com/catalog.zip"))
            .ConfigureHttpClient(client => client.AddHttpMessageHandler(() => new S3SigningHandler(
                "eu-central-1",
                cancellationToken => new ValueTask<S3Credentials>(new S3Credentials(accessKeyId, secretAccessKey)),
                TimeProvider.System)));
    }

    private static void AzureBlobStorage(HostApplicationBuilder builder, TokenCredential credential)
    {
        builder.Services.AddHctef(options =>
            {
                options.FileDefaults.Partition = "azure";
                options.FileDefaults.Headers["x-ms-version"] = "2024-11-04";
            })
            .ConfigureHttpClient(client => client.AddHttpMessageHandler(() => new BearerTokenHandler(
                async cancellationToken =>
                {
                    var token = await credential.GetTokenAsync(new TokenRequestContext(["https://storage.azure.com/.default"]), cancellationToken);
                    return new(token.Token, token.ExpiresOn);
                },
                TimeProvider.System)));
    }

    private static void GoogleCloudStorage(HostApplicationBuilder builder)
    {
        builder.Services.AddHttpClient("metadata");
        builder.Services.AddHctef(options => options.FileDefaults.Partition = "gcs")
            .ConfigureHttpClient(client => client.AddHttpMessageHandler(services =>
            {
                var clients = services.GetRequiredService<IHttpClientFactory>();
                return new BearerTokenHandler(
                    cancellationToken => new MetadataTokens(clients.CreateClient("metadata"), TimeProvider.System).GetGoogleAsync(cancellationToken),
                    TimeProvider.System);
            }));
    }

    private static void SeveralAccounts(
        HostApplicationBuilder builder,
        Func<CancellationToken, ValueTask<S3Credentials>> archiveKeys,
        Func<CancellationToken, ValueTask<Recipes.AccessToken>> partnerToken)
    {
        builder.Services.AddKeyedHctef("archive", builder.Configuration.GetSection("Archive"))
            .ConfigureHttpClient(client => client.AddHttpMessageHandler(() => new S3SigningHandler("us-east-1", archiveKeys, TimeProvider.System)));
        builder.Services.AddKeyedHctef("partner", builder.Configuration.GetSection("Partner"))
            .ConfigureHttpClient(client => client.AddHttpMessageHandler(() => new BearerTokenHandler(partnerToken, TimeProvider.System)));
    }

    private static void ProxyAndHttp2(HostApplicationBuilder builder)
    {
        builder.Services.AddHctef().ConfigureHttpClient(client => client
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { Proxy = new WebProxy("http://proxy.corp:3128") })
            .ConfigureHttpClient(http => http.DefaultRequestVersion = HttpVersion.Version20));
    }

    private static void Resilience(HostApplicationBuilder builder)
    {
        builder.Services.AddHctef().HttpClientBuilder
            .AddStandardResilienceHandler()
            .SelectPipelineByAuthority();
    }

    private static void ServiceDiscovery(HostApplicationBuilder builder)
    {
        builder.Services.ConfigureHttpClientDefaults(client => client.AddServiceDiscovery());
        builder.Services.AddHctef().AddRemoteFile("catalog", new Uri("https+http://files/catalog.zip"));
    }

    private sealed class NoCredential : TokenCredential
    {
        public override ValueTask<Azure.Core.AccessToken> GetTokenAsync(
            TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
