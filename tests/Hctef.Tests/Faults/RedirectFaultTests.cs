using Hctef.Tests.Files;
using Hctef.TestServer.Lying;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Faults;

/// <summary>Redirects that lead where none may be followed, and what goes along with those that are followed.</summary>
public sealed class RedirectFaultTests
{
    private const int Length = 100_000;
    private static readonly string[] Credentials = ["Authorization", "X-Api-Key", "Cookie", "X-Default", "X-Handler"];

    private readonly HostileFile _file = new(Length);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task H1_no_header_of_the_caller_crosses_an_origin(bool inTheMiddle)
    {
        await using LyingServer other = LyingServer.Start(_file.Answer);
        await using HostileRig rig = new(
            request => inTheMiddle && request.Number == 1 ? _file.Answer(request) : Redirect($"{other.BaseUri}moved?sig={Canary.Text}"),
            register: AddHeaders);
        using IRemoteFile file = await rig.OpenAsync(options => options.PrefetchBytes = 0);
        await AssertReadsAsync(file);

        Assert.All(rig.Server.Requests, request => Assert.Equal(Credentials.Order(), Sent(request)));
        Assert.NotEmpty(other.Requests);
        Assert.All(other.Requests, request =>
        {
            Assert.Empty(Sent(request));
            Assert.All(request.Headers, header => Canary.AssertAbsent(header.Value, header.Key));
            Assert.NotNull(request.Range);
            Assert.Equal($"/moved?sig={Canary.Text}", request.Target);
        });
        await rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Fact]
    public async Task H1_the_same_origin_gets_them()
    {
        await using HostileRig rig = new(
            request => request.Target.StartsWith("/moved", StringComparison.Ordinal) ? _file.Answer(request) : Redirect("/moved"),
            register: AddHeaders);
        using IRemoteFile file = await rig.OpenAsync(options => options.PrefetchBytes = 0);
        await AssertReadsAsync(file);

        Assert.Equal(["/file.bin", "/moved", "/moved"], rig.Server.Requests.Select(request => request.Target.Split('?')[0]));
        Assert.All(rig.Server.Requests, request => Assert.Equal(Credentials.Order(), Sent(request)));
        await rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/file.bin")]
    [InlineData("gopher://127.0.0.1/file.bin")]
    [InlineData("file:///etc/hosts")]
    [InlineData("data:text/plain,hello")]
    [InlineData("javascript:alert(1)")]
    [InlineData("http://")]
    [InlineData("")]
    public Task G7_other_schemes_are_not_followed(string location) => AssertRefusedAsync(Redirect(location), requests: 1);

    [Fact]
    public Task G8_a_loop_ends_after_ten_redirects() => AssertRefusedAsync(Redirect("/file.bin?sig=" + Canary.Text), requests: 11);

    [Fact]
    public Task G8_two_locations_are_none() =>
        AssertRefusedAsync(LyingReply.Status(302, ("Location", "/a"), ("Location", "/b")), requests: 1);

    [Theory]
    [InlineData("", "/")]
    [InlineData("?sig=%7e", "/?sig=%7e")]
    [InlineData("?x=/a?b", "/?x=/a?b")]
    [InlineData("/a/./b/../c%2e", "/a/./b/../c%2e")]
    public async Task G11_a_target_is_asked_as_it_is_written_and_always_by_a_path(string written, string asked)
    {
        await using LyingServer other = LyingServer.Start(_file.Answer);
        await using HostileRig rig = new(_ => Redirect(other.BaseUri.ToString().TrimEnd('/') + written));
        using IRemoteFile file = await rig.OpenAsync(options => options.PrefetchBytes = 0);

        Assert.Equal(asked, Assert.Single(other.Requests).Target);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public async Task G8_ten_redirects_are_followed(int hops, bool followed)
    {
        await using HostileRig rig = new(request =>
        {
            int hop = int.TryParse(request.Target.AsSpan(1), out int number) ? number : 0;
            return hop == hops ? _file.Answer(request) : Redirect($"/{hop + 1}");
        });
        Exception? failure = await Record.ExceptionAsync(() => rig.OpenAsync());

        Assert.Equal(followed, failure is null);
        if (!followed)
            Assert.Equal(HctefNetworkError.Protocol, Assert.IsType<HctefNetworkException>(failure).Error);
        await rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task G7_https_does_not_lead_to_http()
    {
        await using HostileRig rig = new(
            request => Redirect($"http://127.0.0.1:{request.Headers["Host"].Split(':')[1]}/plain?sig={Canary.Text}"),
            register: builder => builder.HttpClientBuilder.ConfigurePrimaryHttpMessageHandler(() => new PretendedTls()));
        var secure = new UriBuilder(rig.Secret) { Scheme = "https" };
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync(uri: secure.Uri));

        Assert.Equal(HctefNetworkError.Protocol, failure.Error);
        Assert.Single(rig.Server.Requests);
        await rig.AssertCleanAsync(_file.Content, failure);
    }

    private static LyingReply Redirect(string location) => LyingReply.Status(302, ("Location", location));

    private static void AddHeaders(IHctefBuilder builder) => builder.HttpClientBuilder
        .ConfigureHttpClient(client => client.DefaultRequestHeaders.Add("X-Default", Canary.Text))
        .AddHttpMessageHandler(() => new HeaderHandler());

    private static IEnumerable<string> Sent(LyingRequest request) =>
        request.Headers.Keys.Where(name => Credentials.Contains(name, StringComparer.OrdinalIgnoreCase)).Order();

    private async Task AssertReadsAsync(IRemoteFile file)
    {
        byte[] buffer = new byte[1000];
        Assert.Equal(buffer.Length, await file.ReadAsync(buffer, 50_000, sync: false));
        Assert.True(_file.Content.Matches(buffer, 50_000));
    }

    private async Task AssertRefusedAsync(LyingReply redirect, int requests)
    {
        await using HostileRig rig = new(_ => redirect);
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync());

        Assert.Equal(HctefNetworkError.Protocol, failure.Error);
        Assert.Equal(requests, rig.Server.Requests.Count);
        await rig.AssertCleanAsync(_file.Content, failure);
    }

    /// <summary>Adds a secret as authenticating handlers do.</summary>
    private sealed class HeaderHandler : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Add("X-Handler", Canary.Text);
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>A network on which the plain server answers for https, too.</summary>
    private sealed class PretendedTls() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Uri asked = request.RequestUri!;
            request.RequestUri = new UriBuilder(asked) { Scheme = "http" }.Uri;
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
            request.RequestUri = asked;
            return response;
        }
    }
}
