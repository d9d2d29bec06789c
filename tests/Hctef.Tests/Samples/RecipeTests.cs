using System.Net;
using Hctef.Tests.Files;
using Hctef.Tests.Http;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;
using Recipes;

namespace Hctef.Tests.Samples;

/// <summary>The handlers of the recipes, on the wire.</summary>
public sealed class RecipeTests
{
    private const int Length = 100_000;

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task S3_requests_are_signed_each_anew_and_share_the_cache_by_their_partition()
    {
        await using FileRig rig = await StartAsync(static time => new S3SigningHandler(
            "eu-central-1", static _ => new(new S3Credentials("AKIAEXAMPLE", "secret", "session")), time));
        ServedFile served = rig.Server.Add("bucket/file one.bin", Length);
        using IRemoteFile file = await rig.OpenColdAsync(served);
        await file.AssertReadsAsync(served, 0, 100);
        _time.Advance(TimeSpan.FromHours(1));
        using IRemoteFile again = await rig.OpenColdAsync(served);
        await again.AssertReadsAsync(served, 0, 100);

        Assert.Equal(["bytes=0-0", "bytes=0-16383", "bytes=0-0"], rig.Ranges);
        Assert.All(rig.Server.Log, request =>
        {
            using var sent = new HttpRequestMessage(HttpMethod.Get, served.Uri);
            foreach (string name in (string[])["Range", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"])
                sent.Headers.TryAddWithoutValidation(name, request.Headers[name]);
            Assert.Equal(
                S3Signature.Of(sent, "eu-central-1", new S3Credentials("AKIAEXAMPLE", "secret"), request.Headers["x-amz-date"]),
                request.Headers["Authorization"]);
        });
        Assert.Equal(2, rig.Server.Log.Select(static request => request.Headers["x-amz-date"]).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task A_token_is_got_once_until_it_is_about_to_end()
    {
        int tokens = 0;
        await using FileRig rig = await StartAsync(time => new BearerTokenHandler(
            _ => new(new AccessToken($"token-{++tokens}", time.GetUtcNow().AddHours(1))), time));
        ServedFile served = rig.Server.Add("file.bin", Length);
        using IRemoteFile file = await rig.OpenColdAsync(served);
        _time.Advance(TimeSpan.FromMinutes(54));
        await file.AssertReadsAsync(served, 0, 100);
        _time.Advance(TimeSpan.FromMinutes(1));
        await file.AssertReadsAsync(served, 50_000, 100);

        Assert.Equal(["Bearer token-1", "Bearer token-1", "Bearer token-2"], rig.Server.Log.Select(static request => request.Headers["Authorization"]));
    }

    [Fact]
    public async Task Requests_at_once_get_one_token()
    {
        int calls = 0;
        var gate = new TaskCompletionSource<AccessToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stub = new StubHandler(static (_, _) => Task.FromResult(new HttpResponseMessage()));
        using var handler = new BearerTokenHandler(GetAsync, _time);
        handler.InnerHandler = stub;
        using var invoker = new HttpMessageInvoker(handler);
        Task<HttpResponseMessage> first = invoker.SendAsync(new HttpRequestMessage(HttpMethod.Get, "http://a/"), CancellationToken.None);
        Task<HttpResponseMessage> second = invoker.SendAsync(new HttpRequestMessage(HttpMethod.Get, "http://a/"), CancellationToken.None);
        gate.SetResult(new AccessToken("t", _time.GetUtcNow().AddHours(1)));
        await Task.WhenAll(first, second).WaitAsync(FileRig.HangGuard);

        Assert.Equal(1, calls);

        async ValueTask<AccessToken> GetAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref calls);
            return await gate.Task;
        }
    }

    [Theory]
    [InlineData(true, """{"access_token":"t","expires_in":3599,"token_type":"Bearer"}""", "metadata.google.internal", "Metadata-Flavor", "Google")]
    [InlineData(false, """{"access_token":"t","expires_in":"3599","resource":"https://storage.azure.com/"}""", "169.254.169.254", "Metadata", "true")]
    public async Task A_metadata_server_is_asked_as_its_cloud_wants_it(bool google, string reply, string host, string header, string value)
    {
        using var stub = new StubHandler(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(reply) });
        using var client = new HttpClient(stub);
        var tokens = new MetadataTokens(client, _time);
        AccessToken token = google
            ? await tokens.GetGoogleAsync(CancellationToken.None)
            : await tokens.GetAzureStorageAsync(CancellationToken.None);

        Assert.Equal(("t", _time.GetUtcNow().AddSeconds(3599)), (token.Value, token.ExpiresOn));
        HttpRequestMessage request = Assert.Single(stub.Requests);
        Assert.Equal((host, value), (request.RequestUri!.Host, StubHandler.Header(request, header)));
    }

    private Task<FileRig> StartAsync(Func<TimeProvider, DelegatingHandler> handler) => FileRig.StartAsync(
        static options =>
        {
            options.FileDefaults.Partition = "tests";
            options.Transport.IdleTimeout = options.Transport.FirstByteTimeout = TimeSpan.FromDays(1);
        },
        _time,
        (builder, _) => builder.ConfigureHttpClient(client => client.AddHttpMessageHandler(() => handler(_time))));
}
