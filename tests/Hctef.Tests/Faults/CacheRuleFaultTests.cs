using System.Net;
using Hctef.Tests.Files;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Faults;

/// <summary>Who may find what another opening has cached: credentials, tenants, and what the server says.</summary>
public sealed class CacheRuleFaultTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Length = 1 << 20;

    private readonly TokenHandler _token = new();
    private FileRig _rig = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(
            options => options.FileDefaults.PrefetchBytes = 0,
            register: (builder, _) => builder.HttpClientBuilder.AddHttpMessageHandler(() => new TokenHandler(_token)));
        _served = _rig.Server.Add("file.bin", Length);
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        _token.Dispose();
    }

    [Theory]
    [InlineData("Bearer b", null)]
    [InlineData(null, null)]
    [InlineData("Bearer b", "tenant")]
    public async Task H2_what_one_has_cached_is_nothing_to_who_is_refused(string? credentials, string? partition)
    {
        _served.RequiredHeader = new RequiredHeader("Authorization", "Bearer a");
        using IRemoteFile allowed = await OpenAsync("Bearer a", partition);
        await allowed.AssertReadsAsync(_served, 0, Length);

        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => OpenAsync(credentials, partition));
        Assert.Equal(HttpStatusCode.Unauthorized, failure.StatusCode);
        await allowed.AssertReadsAsync(_served, 0, Length);
    }

    [Fact]
    public async Task H3_a_token_that_only_a_handler_adds_tells_openings_apart()
    {
        _token.Value = "a";
        using IRemoteFile a = await OpenAsync();
        await a.AssertReadsAsync(_served, 0, Block);
        _token.Value = "b";
        using IRemoteFile b = await OpenAsync();
        Assert.Empty(b.GetCachedRanges());
        _token.Value = "a";
        using IRemoteFile again = await OpenAsync();
        Assert.NotEmpty(again.GetCachedRanges());
    }

    [Fact]
    public async Task H4_a_cache_key_saves_bytes_and_never_the_opening_s_own_request()
    {
        using IRemoteFile first = await OpenSignedAsync("1");
        await first.AssertReadsAsync(_served, 0, Length);
        await _rig.ForgetAsync();
        using (IRemoteFile second = await OpenSignedAsync("2"))
            await second.AssertReadsAsync(_served, 0, Length);
        Assert.Equal(["bytes=0-0"], _rig.Ranges);

        _served.StatusOverride = new StatusOverride(403);
        await Assert.ThrowsAsync<HctefNetworkException>(() => OpenSignedAsync("3"));

        Task<IRemoteFile> OpenSignedAsync(string signature) =>
            _rig.OpenAsync(new Uri(_served.Uri + "?signature=" + signature), options => options.CacheKey = "object");
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    public async Task H5_that_one_was_refused_is_forgotten_at_once(int status)
    {
        _served.RequiredHeader = new RequiredHeader("Authorization", "Bearer b", status);
        for (int i = 1; i <= 2; i++)
        {
            await Assert.ThrowsAsync<HctefNetworkException>(() => OpenAsync("Bearer a"));
            Assert.Equal(i, _rig.Server.RequestCount);
        }

        using IRemoteFile allowed = await OpenAsync("Bearer b");
        await allowed.AssertReadsAsync(_served, 0, Block);
        _served.RequiredHeader = null;
        using IRemoteFile later = await OpenAsync("Bearer a");
        await later.AssertReadsAsync(_served, 0, Block);
    }

    [Theory]
    [InlineData("Cache-Control", "no-store")]
    [InlineData("Cache-Control", "max-age=60, No-Store")]
    [InlineData("Vary", "*")]
    [InlineData("Vary", "Accept-Language, *")]
    public async Task H6_what_is_not_to_be_kept_lives_as_long_as_its_opening_and_serves_no_other(string name, string value)
    {
        _served.ExtraHeaders[name] = value;
        IRemoteFile open = await OpenAsync();
        await open.AssertReadsAsync(_served, 0, Length);
        await open.AssertReadsAsync(_served, 0, Length);
        Assert.InRange(_rig.BytesSent, Length, Length + 1);
        using (IRemoteFile beside = await OpenAsync(options => options.Immutable = true))
            Assert.Empty(beside.GetCachedRanges());

        open.Dispose();
        await _rig.WhenQuietAsync();
        _rig.Engine.Cache.CheckIntegrity([]);
        using IRemoteFile later = await OpenAsync();
        Assert.Empty(later.GetCachedRanges());
    }

    [Theory]
    [InlineData("private", "Bearer a", true)]
    [InlineData("private", "Bearer b", false)]
    [InlineData("private=\"Set-Cookie, X\", max-age=5", "Bearer b", false)]
    [InlineData("max-age=5", "Bearer b", true)]
    public async Task H6_private_is_shared_by_one_set_of_credentials_alone_also_within_a_tenant(string rule, string second, bool shared)
    {
        _served.ExtraHeaders["Cache-Control"] = rule;
        using IRemoteFile one = await OpenAsync("Bearer a", "tenant");
        await one.AssertReadsAsync(_served, 0, Block);
        using IRemoteFile two = await OpenAsync(second, "tenant");
        Assert.Equal(shared, two.GetCachedRanges().Count > 0);
    }

    [Theory]
    [InlineData("Accept-Language", "Accept-Language", "de", false)]
    [InlineData("Accept-Language", "Accept-Language", "en", true)]
    [InlineData(null, "X-Variant", "2", false)]
    [InlineData(null, "Authorization", "Bearer renewed", true)]
    [InlineData("authorization", "Authorization", "Bearer renewed", false)]
    [InlineData("X-Other", "Authorization", "Bearer renewed", true)]
    [InlineData("(no token)", "Authorization", "Bearer renewed", true)]
    public async Task H6_headers_that_change_what_a_tenant_is_answered_tell_its_openings_apart(
        string? vary, string header, string second, bool shared)
    {
        if (vary is not null)
            _served.ExtraHeaders["Vary"] = vary;
        using IRemoteFile one = await OpenWithAsync("en");
        await one.AssertReadsAsync(_served, 0, Block);
        using IRemoteFile two = await OpenWithAsync(second);
        Assert.Equal(shared, two.GetCachedRanges().Count > 0);

        Task<IRemoteFile> OpenWithAsync(string value) => OpenAsync(options =>
        {
            options.Partition = "tenant";
            options.Headers[header] = value;
        });
    }

    [Fact]
    public async Task H6_a_vary_counts_what_handlers_send_too()
    {
        _served.ExtraHeaders["Vary"] = TokenHandler.Header;
        _token.Value = "a";
        using IRemoteFile one = await OpenAsync(options => options.Partition = "tenant");
        await one.AssertReadsAsync(_served, 0, Block);
        _token.Value = "b";
        using IRemoteFile two = await OpenAsync(options => options.Partition = "tenant");
        Assert.Empty(two.GetCachedRanges());
    }

    [Theory]
    [InlineData("no-cache")]
    [InlineData("max-age=3600, must-revalidate")]
    [InlineData("max-age=3600, immutable")]
    public async Task H6_every_opening_asks_the_origin_before_a_cached_byte_is_served(string rule)
    {
        _served.ExtraHeaders["Cache-Control"] = rule;
        using (IRemoteFile file = await OpenAsync())
            await file.AssertReadsAsync(_served, 0, Block);
        await _rig.ForgetAsync();
        using (IRemoteFile file = await OpenAsync())
            await file.AssertReadsAsync(_served, 0, Block);
        Assert.Equal(["bytes=0-0"], _rig.Ranges);

        _served.Update(version: 2, Length);
        using IRemoteFile changed = await OpenAsync();
        Assert.Empty(changed.GetCachedRanges());
        await changed.AssertReadsAsync(_served, 0, Block);
    }

    private Task<IRemoteFile> OpenAsync(Action<RemoteFileOptions>? configure = null) => _rig.OpenAsync(_served, configure);

    private Task<IRemoteFile> OpenAsync(string? credentials, string? partition = null) => OpenAsync(options =>
    {
        options.Partition = partition;
        if (credentials is not null)
            options.Headers["Authorization"] = credentials;
    });

    /// <summary>Adds a header that no option tells of. One object holds the value for all handlers of the client.</summary>
    private sealed class TokenHandler(TokenHandler? holder = null) : DelegatingHandler
    {
        public const string Header = "X-Token";

        public string? Value { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (holder!.Value is { } value)
                request.Headers.TryAddWithoutValidation(Header, value);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
