using System.Net;
using Hctef.TestServer.Lying;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Faults;

/// <summary>Credentials that the user's primary handler gives to servers that ask for them.</summary>
public sealed class HandlerCredentialTests
{
    private static readonly NetworkCredential Credential = new("user", Canary.Text);

    private readonly HostileFile _file = new(100_000);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task H1_another_origin_that_a_redirect_leads_to_gets_none(bool wrapped)
    {
        await using LyingServer other = LyingServer.Start(Challenge);
        await using HostileRig rig = new(
            _ => LyingReply.Status(302, ("Location", $"{other.BaseUri}moved")), register: builder => Use(builder, Credential, wrapped));
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => OpenAsync(rig));

        Assert.Equal(HttpStatusCode.Unauthorized, failure.StatusCode);
        Assert.DoesNotContain("Authorization", Assert.Single(other.Requests).Headers.Keys);
        await rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task H1_the_origin_of_the_file_and_those_that_a_cache_names_get_theirs()
    {
        await using LyingServer other = LyingServer.Start(Challenge);
        var cache = new CredentialCache { { other.BaseUri, "Basic", Credential } };
        await using HostileRig rig = new(
            _ => LyingReply.Status(302, ("Location", $"{other.BaseUri}moved")), register: builder => Use(builder, cache));
        using (await OpenAsync(rig))
            Assert.Contains("Authorization", other.Requests[^1].Headers.Keys);

        await using HostileRig direct = new(Challenge, register: builder => Use(builder, Credential));
        using IRemoteFile file = await OpenAsync(direct);
        Assert.Contains("Authorization", direct.Server.Requests[^1].Headers.Keys);
    }

    private static void Use(IHctefBuilder builder, ICredentials credentials, bool wrapped = false) =>
        builder.HttpClientBuilder.ConfigurePrimaryHttpMessageHandler(() => wrapped
            ? new HttpClientHandler { UseProxy = false, Credentials = credentials }
            : new SocketsHttpHandler { UseProxy = false, Credentials = credentials });

    private static Task<IRemoteFile> OpenAsync(HostileRig rig) => rig.OpenAsync(static options =>
    {
        options.Headers.Clear();
        options.PrefetchBytes = 0;
    });

    private LyingReply Challenge(LyingRequest request) => request.Headers.ContainsKey("Authorization")
        ? _file.Answer(request)
        : LyingReply.Status(401, ("WWW-Authenticate", "Basic realm=\"files\""));
}
