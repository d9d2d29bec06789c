using Hctef.Tests.DependencyInjection;
using Hctef.TestServer.Lying;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Faults;

/// <summary>What a renewed URL may lead to, and what goes along with it.</summary>
public sealed class RefreshFaultTests : IAsyncDisposable
{
    private readonly HostileFile _file = new(100_000);
    private readonly LyingServer _other;
    private readonly HostileRig _rig;

    public RefreshFaultTests()
    {
        _other = LyingServer.Start(_file.Answer);
        _rig = new HostileRig(_file.Answer);
    }

    [Fact]
    public async Task H1_headers_of_the_file_do_not_follow_to_another_origin()
    {
        using IRemoteFile file = await OpenAsync(() => new RefreshResult
        {
            Url = new Uri($"{_other.BaseUri}signed/{Canary.Text}?sig={Canary.Text}"),
            Headers = new Dictionary<string, string> { ["X-Renewed"] = "yes" },
        });
        await file.ReadAsync(new byte[100], 50_000);

        Assert.Empty(_rig.Server.Requests);
        Assert.Equal(_rig.Secret, file.Uri);
        Assert.Equal(2, _other.Requests.Count);
        Assert.All(_other.Requests, request =>
        {
            Assert.Equal($"/signed/{Canary.Text}?sig={Canary.Text}", request.Target);
            Assert.Equal("yes", request.Headers["X-Renewed"]);
            Assert.DoesNotContain(request.Headers.Keys, name => name is "Authorization" or "X-Api-Key" or "Cookie");
        });
        await _rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Fact]
    public async Task H9_headers_given_take_the_place_of_those_of_the_same_name()
    {
        using IRemoteFile file = await OpenAsync(() => new RefreshResult
        {
            Headers = new Dictionary<string, string> { ["authorization"] = "Bearer new" },
        });

        LyingRequest request = Assert.Single(_rig.Server.Requests);
        Assert.Equal("Bearer new", request.Headers["Authorization"]);
        Assert.Equal(Canary.Text, request.Headers["X-Api-Key"]);
    }

    [Fact]
    public async Task H7_a_failure_under_a_renewed_URL_tells_nothing_of_it()
    {
        _rig.Script = _ => LyingReply.Status(404);
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => OpenAsync(() => new RefreshResult
        {
            Url = new Uri($"{_rig.Server.BaseUri}signed/{Canary.Text}?sig={Canary.Text}"),
        }));

        await _rig.AssertCleanAsync(_file.Content, failure);
    }

    [Theory]
    [InlineData("ftp://files.example/" + Canary.Text)]
    [InlineData("signed?sig=" + Canary.Text)]
    public async Task G7_a_renewed_URL_is_judged_as_any_other(string url)
    {
        var failure = await Assert.ThrowsAsync<HctefUrlException>(
            () => OpenAsync(() => new RefreshResult { Url = new Uri(url, UriKind.RelativeOrAbsolute) }));

        Assert.Empty(_rig.Server.Requests);
        await _rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task H8_a_renewed_header_is_judged_as_any_other()
    {
        var failure = await Assert.ThrowsAsync<HctefException>(() => OpenAsync(() => new RefreshResult
        {
            Headers = new Dictionary<string, string> { ["X-Token"] = $"{Canary.Text}\r\nEvil: 1" },
        }));

        Assert.Empty(_rig.Server.Requests);
        await _rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task G5_a_renewed_URL_is_held_against_the_egress_guard()
    {
        await using EgressRig rig = new();
        var failure = await Assert.ThrowsAsync<HctefUrlException>(() => rig.OpenAsync(
            "http://files.example/", options => options.Refresh = (_, _) => ValueTask.FromResult(new RefreshResult
            {
                Url = new Uri("http://169.254.169.254/latest/"),
            })));

        Assert.Empty(rig.Network.Dialled);
        Assert.Contains("HctefOptions.Egress", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_configuration_cannot_set_it()
    {
        var services = new ServiceCollection();
        services.AddHctef(TestContainer.Section(("Files:a:Url", "https://files.example/a"), ("Files:a:Refresh", "true")));
        using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Contains("code only", Assert.Throws<InvalidOperationException>(() => provider.GetHctefOptions()).Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _other.DisposeAsync();
    }

    private Task<IRemoteFile> OpenAsync(Func<RefreshResult> refresh) => _rig.OpenAsync(options =>
    {
        options.PrefetchBytes = 0;
        options.Refresh = (_, _) => ValueTask.FromResult(refresh());
    });
}
