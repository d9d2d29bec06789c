using System.Collections.Concurrent;
using System.Globalization;
using Hctef.Tests.Files;
using Hctef.TestServer.Lying;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Faults;

/// <summary>A file whose URL leads to signed ones that end.</summary>
public sealed class SignedTargetTests : IAsyncDisposable
{
    private const int Length = 100_000;

    private readonly HostileFile _file = new(Length);
    private readonly ManualTimeProvider _clock = new();
    private readonly ConcurrentDictionary<string, LyingReply> _refused = new();
    private readonly LyingServer _signed;
    private readonly HostileRig _rig;
    private Func<LyingRequest, LyingReply> _serve;
    private string _query = "";
    private (string, string?)[] _headers = [];

    public SignedTargetTests()
    {
        _serve = _file.Answer;
        _signed = LyingServer.Start(request => _refused.TryGetValue(request.Target, out LyingReply? refusal) ? refusal : _serve(request));
        _rig = new HostileRig(
            request => LyingReply.Status(302, [("Location", Target(request.Number)), .. _headers]),
            options => options.Retry.MaxRetries = 0,
            builder => builder.Services.AddSingleton<TimeProvider>(_clock));
    }

    private int Asked => _rig.Server.Requests.Count;

    private string[] SignedTargets => [.. _signed.Requests.Select(request => request.Target)];

    [Fact]
    public async Task G10_a_target_is_asked_until_it_ends_and_never_beyond()
    {
        _query = "&X-Amz-Date=20300101T000000Z&X-Amz-Expires=300";
        using IRemoteFile file = await OpenAsync();
        await ReadAsync(file, 20_000);
        await ReadAsync(file, 30_000);
        Assert.Equal(1, Asked);

        // The signature ends at five minutes; what is on its way may take seconds.
        _clock.Advance(TimeSpan.FromSeconds(294));
        await ReadAsync(file, 40_000);
        Assert.Equal(1, Asked);
        _query = "&X-Amz-Date=20300101T000500Z&X-Amz-Expires=300";
        _clock.Advance(TimeSpan.FromSeconds(1));
        await ReadAsync(file, 50_000);
        Assert.Equal(2, Asked);
        await ReadAsync(file, 60_000);
        Assert.Equal(2, Asked);

        Assert.Equal([1, 1, 1, 1, 2, 2], SignedTargets.Select(NumberOf));
        await _rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task G10_a_target_that_is_refused_is_resolved_anew_once(int status)
    {
        using IRemoteFile file = await OpenAsync();
        _refused[SignedTargets[0]] = LyingReply.Status(status);
        await ReadAsync(file, 50_000);
        await ReadAsync(file, 60_000);

        Assert.Equal(2, Asked);
        Assert.Equal([1, 1, 2, 2], SignedTargets.Select(NumberOf));
        await _rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Fact]
    public async Task G10_a_new_target_that_is_refused_too_fails_the_read()
    {
        using IRemoteFile file = await OpenAsync();
        _serve = _ => LyingReply.Status(403);
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => ReadAsync(file, 50_000));

        Assert.Equal(System.Net.HttpStatusCode.Forbidden, failure.StatusCode);
        Assert.Equal(2, Asked);
        Assert.Equal(3, SignedTargets.Length);
        await _rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task G10_the_new_targets_reply_is_judged_as_any_other()
    {
        using IRemoteFile file = await OpenAsync();
        _refused[SignedTargets[0]] = LyingReply.Status(403);
        _serve = request => _file.Of(request).Reply(("ETag", "\"v2\""));
        RemoteFileChangedException failure = await Assert.ThrowsAsync<RemoteFileChangedException>(() => ReadAsync(file, 50_000));

        await _rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task G10_a_target_that_breaks_is_not_asked_again()
    {
        using IRemoteFile file = await OpenAsync();
        _refused[SignedTargets[0]] = LyingReply.Nothing.Fin();
        await Assert.ThrowsAsync<HctefNetworkException>(() => ReadAsync(file, 50_000));
        await ReadAsync(file, 50_000);

        Assert.Equal(2, Asked);
        await _rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Theory]
    [InlineData("no-store")]
    [InlineData("no-cache")]
    [InlineData("max-age=0")]
    public async Task A_target_that_is_not_to_be_kept_is_not(string cacheControl)
    {
        _headers = [("Cache-Control", cacheControl)];
        using IRemoteFile file = await OpenAsync();
        await ReadAsync(file, 50_000);

        Assert.Equal(2, Asked);
        await _rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Fact]
    public async Task Whether_the_file_changed_is_asked_of_its_own_URL()
    {
        using IRemoteFile file = await OpenAsync();
        await file.RevalidateAsync();

        Assert.Equal(2, Asked);
        await _rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Fact]
    public async Task H1_a_target_that_is_asked_at_once_gets_no_header_of_the_caller()
    {
        using IRemoteFile file = await OpenAsync();
        await ReadAsync(file, 20_000);
        await ReadAsync(file, 30_000);

        Assert.Equal(1, Asked);
        Assert.Equal(3, _signed.Requests.Count);
        Assert.All(_signed.Requests, request =>
        {
            Assert.NotNull(request.Range);
            Assert.DoesNotContain(request.Headers.Keys, name => name is "Authorization" or "X-Api-Key" or "Cookie");
            Assert.All(request.Headers, header => Canary.AssertAbsent(header.Value, header.Key));
        });
        await _rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Fact]
    public async Task H9_a_token_that_rotates_asks_the_original_URL_again()
    {
        string token = "one";
        await using HostileRig rig = new(
            request => LyingReply.Status(302, ("Location", Target(request.Number))),
            register: builder => builder.HttpClientBuilder.AddHttpMessageHandler(() => new TokenHandler(() => token)));
        using IRemoteFile file = await rig.OpenAsync(options => options.PrefetchBytes = 0);
        await ReadAsync(file, 20_000);
        token = "two";
        await ReadAsync(file, 30_000);

        Assert.Equal(["one", "two"], rig.Server.Requests.Select(request => request.Headers["X-Token"]));
        await rig.AssertCleanAsync(_file.Content, failure: null);
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _signed.DisposeAsync();
    }

    private static int NumberOf(string target) => int.Parse(target.AsSpan(2, 1), CultureInfo.InvariantCulture);

    private string Target(int number) => $"{_signed.BaseUri}s{number}?sig={Canary.Text}{_query}";

    private Task<IRemoteFile> OpenAsync() => _rig.OpenAsync(options => options.PrefetchBytes = 0);

    private async Task ReadAsync(IRemoteFile file, long offset)
    {
        byte[] buffer = new byte[1000];
        Assert.Equal(buffer.Length, await file.ReadAsync(buffer, offset, sync: false));
        Assert.True(_file.Content.Matches(buffer, offset));
    }

    private sealed class TokenHandler(Func<string> token) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Add("X-Token", token());
            return base.SendAsync(request, cancellationToken);
        }
    }
}
