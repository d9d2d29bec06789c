using System.Net;
using Hctef.Tests.Files;
using Hctef.TestServer.Honest;
using Hctef.TestServer.Lying;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Faults;

/// <summary>Connections that cannot be made, are closed at rest, or break one stream of many.</summary>
public sealed class TransportFaultTests
{
    private const int Length = 100_000;
    private const int Count = 4096;

    [Fact]
    public async Task B1_a_refused_connection_is_tried_again_and_told()
    {
        Uri closed;
        await using (LyingServer server = LyingServer.Start())
            closed = server.BaseUri;
        await using HostileRig rig = new(static _ => LyingReply.Nothing);
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync(uri: closed));
        Assert.Equal((HctefNetworkError.Connection, true), (failure.Error, failure.IsTransient));
        Assert.Contains($"repeated {HostileRig.MaxRetries} times", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task B1_a_certificate_that_nobody_trusts_is_not_tried_again()
    {
        using var certificate = SelfMadeCertificate.Create();
        await using HonestServer server = await HonestServer.StartAsync(new HonestServerOptions { Certificate = certificate });
        ServedFile served = server.Add("file.bin", Length);
        await using ServiceProvider services = Services(HttpVersion.Version11);
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(
            () => services.GetRequiredService<IRangeReaderFactory>().OpenAsync(served.Uri).WaitAsync(FileRig.HangGuard));

        Assert.Equal((HctefNetworkError.Connection, false), (failure.Error, failure.IsTransient));
        Assert.Equal(1, server.Connections);
        Assert.Equal(0, server.RequestCount);
    }

    [Fact]
    public async Task B4_a_connection_that_was_closed_at_rest_costs_no_attempt()
    {
        var hostile = new HostileFile(Length);
        await using HostileRig rig = new(
            request => hostile.Of(request).Reply().Fin(), static options => options.Retry.MaxRetries = 0);
        using IRemoteFile file = await rig.OpenAsync(static options => options.PrefetchBytes = 0);
        byte[] buffer = new byte[Count];
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(Count, await file.ReadAsync(buffer, i * Count, sync: false));
            Assert.True(hostile.Content.Matches(buffer, i * Count));
        }

        Assert.Equal(9, file.GetStatistics().Requests);
        await rig.AssertCleanAsync(hostile.Content, failure: null);
    }

    [Fact]
    public async Task B6_a_stream_of_HTTP_2_that_is_reset_is_resumed()
    {
        await using HonestServer server = await HonestServer.StartAsync(new HonestServerOptions { Http2 = true });
        ServedFile served = server.Add("file.bin", Length);
        await using ServiceProvider services = Services(HttpVersion.Version20);
        using IRemoteFile file = await services.GetRequiredService<IRangeReaderFactory>()
            .OpenAsync(served.Uri, new RemoteFileOptions { PrefetchBytes = 0 }).WaitAsync(FileRig.HangGuard);
        served.BreakAt(20_000);
        Task broken = file.AssertReadsAsync(served, 16_384, 16_384);
        Task whole = file.AssertReadsAsync(served, 65_536, 16_384);
        await Task.WhenAll(broken, whole);

        Assert.Equal(4, server.RequestCount);
        Assert.Equal(1, server.Connections);
    }

    private static ServiceProvider Services(Version version)
    {
        var services = new ServiceCollection();
        IHctefBuilder builder = services.AddHctef(static options =>
        {
            options.FileDefaults.ReadaheadBytes = 0;
            options.Retry.BaseDelay = options.Retry.MaxDelay = TimeSpan.FromMilliseconds(1);
        });
        builder.ConfigureHttpClient(client => client.ConfigureHttpClient(http =>
            (http.DefaultRequestVersion, http.DefaultVersionPolicy) = (version, HttpVersionPolicy.RequestVersionExact)));
        return services.BuildServiceProvider();
    }
}
