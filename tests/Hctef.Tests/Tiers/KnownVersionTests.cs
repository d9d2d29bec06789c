using System.Net;
using Hctef.Tests.Files;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Tiers;

/// <summary>What one machine has learned of a file's version spares another one most of its opening, or all of it.</summary>
public sealed class KnownVersionTests() : OneFileTests("data.bin", Length)
{
    private const int Length = 1_000_000;

    private readonly MemoryDistributedCache _store = new(Microsoft.Extensions.Options.Options.Create(new MemoryDistributedCacheOptions()));

    [Fact]
    public async Task A_file_that_another_machine_has_read_costs_one_request_without_a_body()
    {
        await FillAsync();

        await using var second = new Machine(_store);
        RemoteFileStatistics told = await ReadAllAsync(second);

        RequestRecord opening = Assert.Single(Server.Log);
        Assert.Equal((int)HttpStatusCode.NotModified, opening.Status);
        Assert.Equal(0, opening.BodyBytesSent);
        Assert.Equal(1, told.Requests);
        Assert.Equal(0, told.BytesFetched);
        Assert.Equal(Length, told.BytesFromTiers);
    }

    [Fact]
    public async Task A_file_that_has_changed_is_opened_as_it_is_now()
    {
        await FillAsync();
        Served.Update(version: 2, Length);

        await using var second = new Machine(_store);
        RemoteFileStatistics told = await ReadAllAsync(second);

        Assert.Equal("bytes=0-0", Server.Log[0].Range);
        Assert.Equal(0, told.BytesFromTiers);
    }

    [Fact]
    public async Task One_who_sends_other_credentials_opens_by_a_reply_to_these()
    {
        await FillAsync(options => options.Headers["Authorization"] = "Bearer a");

        await using var second = new Machine(_store);
        RemoteFileStatistics told = await ReadAllAsync(second, options => options.Headers["Authorization"] = "Bearer b");

        Assert.All(Server.Log, static request => Assert.Equal("Bearer b", request.Headers["Authorization"]));
        Assert.All(Server.Log, static request => Assert.Equal((int)HttpStatusCode.PartialContent, request.Status));
        Assert.Equal(0, told.BytesFromTiers);
    }

    [Fact]
    public async Task Credentials_of_a_handler_are_told_by_the_reply()
    {
        await using (var first = new Machine(_store, register: static builder => AddBearer(builder, "a")))
        {
            await ReadAllAsync(first);
        }

        Server.ResetCounts();
        await using var second = new Machine(_store, register: static builder => AddBearer(builder, "b"));
        RemoteFileStatistics told = await ReadAllAsync(second);

        // The condition is answered, but for another: it tells nothing, and the file is opened as if nothing were known.
        Assert.Equal((int)HttpStatusCode.NotModified, Server.Log[0].Status);
        Assert.Equal(0, told.BytesFromTiers);
        Assert.InRange(told.BytesFetched, Length, Length + 200_000);
    }

    [Fact]
    public async Task Within_the_time_of_trust_no_request_is_sent()
    {
        await FillAsync(trust: true);

        await using var second = new Machine(_store, Trust);
        RemoteFileStatistics told = await ReadAllAsync(second);

        Assert.Empty(Server.Log);
        Assert.Equal(0, told.Requests);
        Assert.Equal(Length, told.BytesFromTiers);
    }

    [Fact]
    public async Task What_a_handlers_credentials_have_opened_is_not_trusted_without_a_request()
    {
        await using (var first = new Machine(_store, Trust, static builder => AddBearer(builder, "a")))
        {
            await ReadAllAsync(first);
        }

        Server.ResetCounts();
        await using var second = new Machine(_store, Trust);
        await ReadAllAsync(second);

        Assert.NotEmpty(Server.Log);
        Assert.All(Server.Log, static request => Assert.False(request.Headers.ContainsKey("Authorization")));
    }

    [Fact]
    public async Task A_named_tenant_is_trusted_whatever_its_credentials()
    {
        await FillAsync(Tenant("Bearer a"), trust: true);

        await using var second = new Machine(_store, Trust);
        await ReadAllAsync(second, Tenant("Bearer b"));

        Assert.Empty(Server.Log);

        static Action<RemoteFileOptions> Tenant(string token) => options =>
        {
            options.Partition = "tenant";
            options.Headers["Authorization"] = token;
        };
    }

    [Fact]
    public async Task Reopening_asks_the_origin_whatever_is_trusted()
    {
        await FillAsync(trust: true);
        await using var second = new Machine(_store, Trust);
        await using IRemoteFile file = await second.OpenAsync(Served.Uri, static options => options.OnChange = ChangePolicy.Reopen);
        Served.Update(version: 2, Length);

        RemoteFileInfo now = await file.RevalidateAsync();

        Assert.Equal(Served.EntityTag, now.EntityTag);
    }

    [Fact]
    public async Task What_was_evicted_is_not_known_any_more()
    {
        await FillAsync(trust: true);
        await using (var first = new Machine(_store, Trust))
        {
            await first.Files.EvictAsync(Served.Uri);
        }

        await using var second = new Machine(_store, Trust);
        RemoteFileStatistics told = await ReadAllAsync(second);

        Assert.Equal(0, told.BytesFromTiers);
        Assert.All(Server.Log, static request => Assert.Equal((int)HttpStatusCode.PartialContent, request.Status));
    }

    private static void Trust(HctefOptions options) => options.Cache.Distributed.TrustSharedMetadataFor = TimeSpan.FromHours(1);

    private static void AddBearer(IHctefBuilder builder, string token) =>
        builder.HttpClientBuilder.AddHttpMessageHandler(() => new Bearer(token));

    /// <summary>Reads the file on a machine that is gone then, and forgets the requests for it.</summary>
    private async Task FillAsync(Action<RemoteFileOptions>? configure = null, bool trust = false)
    {
        await using (var first = new Machine(_store, trust ? Trust : null))
        {
            await ReadAllAsync(first, configure);
        }

        Server.ResetCounts();
    }

    private async Task<RemoteFileStatistics> ReadAllAsync(Machine machine, Action<RemoteFileOptions>? configure = null)
    {
        await using IRemoteFile file = await machine.OpenAsync(Served.Uri, configure);
        await file.AssertReadsAsync(Served, 0, Length);
        return file.GetStatistics();
    }

    private sealed class Bearer(string token) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
