using System.Globalization;
using System.Text;
using Hctef.Tests.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.DependencyInjection;

public sealed class ConfigurationTests
{
    private const string Json =
        """
        {
          "Hctef": {
            "Cache": { "MemoryBytes": 1048576, "BlockBytes": 8192 },
            "Transport": { "ConnectTimeout": "00:00:05", "TotalTimeout": "00:10:00", "MaxConcurrencyPerHost": 4 },
            "Retry": { "MaxRetries": 1, "BaseDelay": "00:00:00.2", "Hedging": true },
            "FileDefaults": { "PrefetchBytes": 0, "Headers": { "X-Tenant": "blue" } },
            "Files": {
              "catalog": {
                "Url": "https://example.com/catalog.zip?sig=a%2Fb",
                "PrefetchDirection": "start",
                "MinimumRangeRequestBytes": 65536,
                "Immutable": true,
                "CacheKey": "catalog-1",
                "Partition": "p",
                "ExpectedEntityTag": "\"1\"",
                "Headers": { "X-Key": "k" },
                "ForwardHeadersTo": [ "cdn.example.com", "cdn2.example.com" ]
              }
            }
          }
        }
        """;

    private readonly ServiceCollection _services = new();

    [Fact]
    public void Every_kind_of_option_binds()
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(Json));
        IConfigurationSection section = new ConfigurationBuilder().AddJsonStream(json).Build().GetSection("Hctef");
        HctefOptions options = Bind(section);

        Assert.Equal(1_048_576, options.Cache.MemoryBytes);
        Assert.Equal(8192, options.Cache.BlockBytes);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Transport.ConnectTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), options.Transport.IdleTimeout);
        Assert.Equal(TimeSpan.FromMinutes(10), options.Transport.TotalTimeout);
        Assert.Equal(4, options.Transport.MaxConcurrencyPerHost);
        Assert.Equal(1, options.Retry.MaxRetries);
        Assert.Equal(TimeSpan.FromMilliseconds(200), options.Retry.BaseDelay);
        Assert.True(options.Retry.Hedging);
        Assert.Equal(0, options.FileDefaults.PrefetchBytes);
        Assert.Equal("blue", options.FileDefaults.Headers["x-tenant"]);
        RemoteFileOptions file = options.Files["CATALOG"];
        Assert.Equal("https://example.com/catalog.zip?sig=a%2Fb", file.Url!.AbsoluteUri);
        Assert.Equal(PrefetchDirection.Start, file.PrefetchDirection);
        Assert.Equal(65536, file.MinimumRangeRequestBytes);
        Assert.True(file.Immutable);
        Assert.Null(file.PrefetchBytes);
        Assert.Equal("catalog-1", file.CacheKey);
        Assert.Equal("p", file.Partition);
        Assert.Equal("\"1\"", file.ExpectedEntityTag);
        Assert.Equal("k", file.Headers["X-Key"]);
        Assert.Equal(["cdn.example.com", "cdn2.example.com"], file.ForwardHeadersTo);
    }

    [Fact]
    public void An_absent_section_means_defaults() => Assert.Equal(10, Bind(TestContainer.Section()).Transport.MaxRedirects);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Configuration_wins_over_code_whatever_the_order(bool codeFirst)
    {
        IConfigurationSection section = TestContainer.Section(
            ("Transport:MaxRedirects", "2"),
            ("Files:catalog:PrefetchBytes", "2"),
            ("Files:catalog:Headers:X-A", "configuration"));
        if (!codeFirst)
            _services.AddHctef(section);
        _services.AddHctef(o =>
            {
                o.Transport.MaxRedirects = 1;
                o.Transport.MaxConcurrencyPerHost = 1;
            })
            .AddRemoteFile("Catalog", new Uri("https://example.com/code.zip"), f =>
            {
                f.PrefetchBytes = 1;
                f.MinimumRangeRequestBytes = 1;
                f.Headers["x-a"] = "code";
                f.Headers["X-B"] = "code";
            });
        if (codeFirst)
            _services.AddHctef(section);
        using ServiceProvider provider = _services.BuildServiceProvider();

        HctefOptions options = provider.GetHctefOptions();
        Assert.Equal(2, options.Transport.MaxRedirects);
        Assert.Equal(1, options.Transport.MaxConcurrencyPerHost);
        RemoteFileOptions file = Assert.Single(options.Files).Value;
        Assert.Equal("https://example.com/code.zip", file.Url!.AbsoluteUri);
        Assert.Equal(2, file.PrefetchBytes);
        Assert.Equal(1, file.MinimumRangeRequestBytes);
        Assert.Equal("configuration", file.Headers["X-A"]);
        Assert.Equal("code", file.Headers["X-B"]);
    }

    [Theory]
    [InlineData("Transprot:MaxRedirects", "1", "'Hctef:Transprot' is not known", "none of Cache, Transport, Retry")]
    [InlineData("Transport:MaxRedirect", "1", "'Hctef:Transport:MaxRedirect' is not known", "TotalTimeout, MaxConcurrencyPerHost, MaxRedirects")]
    [InlineData("Retry:Retries", "1", "'Hctef:Retry:Retries' is not known", "none of MaxRetries, ")]
    [InlineData("Cache:Blocks", "1", "'Hctef:Cache:Blocks' is not known", "none of MemoryBytes, BlockBytes, Disk, Distributed.")]
    [InlineData("Cache:Disk:Folder", "/cache", "'Hctef:Cache:Disk:Folder' is not known", "none of Path, MaxBytes, ")]
    [InlineData("Cache:Disk", "/cache", "Hctef:Cache:Disk", "must be a section")]
    [InlineData("Cache:Distributed:Hmac", "canary", "'Hctef:Cache:Distributed:Hmac' is not known", "none of Enabled, ServiceKey, ")]
    [InlineData("Cache:Distributed:HmacKey:0", "canary", "'Hctef:Cache:Distributed:HmacKey' is a section or list, but must be a value")]
    [InlineData("Cache:Distributed:ChunkBytes", "many", "Hctef:Cache:Distributed:ChunkBytes")]
    [InlineData("FileDefaults:Prefetch", "1", "'Hctef:FileDefaults:Prefetch' is not known", "PrefetchBytes, PrefetchDirection")]
    [InlineData("Files:catalog:Uri", "https://canary/", "'Hctef:Files:catalog:Uri' is not known", "none of Url, ")]
    [InlineData("Files:catalog:Refresh", "canary", "'Hctef:Files:catalog:Refresh' is not known", "set in code only")]
    [InlineData("Egress:Enable", "true", "'Hctef:Egress:Enable' is not known", "none of Enabled, ")]
    [InlineData("Transport:MaxRedirects:Most", "1", "'Hctef:Transport:MaxRedirects' is a section or list, but must be a value")]
    [InlineData("Egress:AllowedHosts", "canary", "Hctef:Egress:AllowedHosts", "must be a section or list")]
    [InlineData("Transport:IdleTimeout", "ten", "Hctef:Transport:IdleTimeout")]
    [InlineData("Transport:MaxRedirects", "many", "Hctef:Transport:MaxRedirects")]
    [InlineData("FileDefaults:PrefetchDirection", "Middle", "Hctef:FileDefaults:PrefetchDirection")]
    [InlineData("Files:catalog:Url", "http://?canary", "Hctef:Files:catalog:Url")]
    [InlineData("Files:catalog", "https://example.com/?canary", "Hctef:Files:catalog", "must be a section")]
    [InlineData("Files", "canary", "Hctef:Files", "must be a section")]
    [InlineData("FileDefaults:ForwardHeadersTo", "canary", "Hctef:FileDefaults:ForwardHeadersTo", "must be a section or list")]
    [InlineData("Files:catalog:Headers", "canary", "Hctef:Files:catalog:Headers", "must be a section")]
    [InlineData("Cache", "canary", "Hctef:Cache", "must be a section")]
    public void A_typing_error_fails_the_start_and_names_its_key_and_path(string key, string value, params string[] expected)
    {
        _services.AddHctef(TestContainer.Section((key, value)));
        using ServiceProvider provider = _services.BuildServiceProvider();

        var e = Assert.Throws<InvalidOperationException>(provider.ValidateAsAtStart);

        Assert.All(expected, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_of_seconds_by_mistake_is_explained()
    {
        _services.AddHctef(TestContainer.Section(("Transport:IdleTimeout", "10")));
        using ServiceProvider provider = _services.BuildServiceProvider();

        var e = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(provider.ValidateAsAtStart);
        Assert.Contains("Hctef: Transport.IdleTimeout is 10.00:00:00", e.Message, StringComparison.Ordinal);
        Assert.Contains("\"00:00:10\" ten seconds", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_null_or_empty_in_the_section_stays_as_it_was()
    {
        using var json = new MemoryStream(
            """
            { "Hctef": {
              "Cache": null,
              "Transport": { "IdleTimeout": null, "MaxRedirects": null, "TotalTimeout": null },
              "Retry": {},
              "Egress": { "AllowedHosts": [], "AllowedPorts": null },
              "FileDefaults": { "PrefetchBytes": null, "OnChange": null, "Headers": {}, "ForwardHeadersTo": null },
              "Files": null } }
            """u8.ToArray());
        HctefOptions options = Bind(new ConfigurationBuilder().AddJsonStream(json).Build().GetSection("Hctef"));

        Assert.Equal(TimeSpan.FromSeconds(30), options.Transport.IdleTimeout);
        Assert.Equal(10, options.Transport.MaxRedirects);
        Assert.Equal(16384, options.Cache.BlockBytes);
        Assert.Empty(options.Egress.AllowedHosts);
        Assert.Null(options.FileDefaults.PrefetchBytes);
        Assert.Empty(options.Files);
    }

    [Fact]
    public void A_keyed_registration_binds_its_own_section_only()
    {
        _services.AddKeyedHctef("a", TestContainer.Section(("Transport:MaxRedirects", "3")));
        _services.AddHctef();
        using ServiceProvider provider = _services.BuildServiceProvider();

        Assert.Equal(3, provider.GetHctefOptions("a").Transport.MaxRedirects);
        Assert.Equal(10, provider.GetHctefOptions().Transport.MaxRedirects);
    }

    [Fact]
    public void Keys_in_capitals_as_from_the_environment_reach_the_same_file()
    {
        _services.AddHctef(TestContainer.Section(
                ("FILES:CATALOG:PREFETCHBYTES", "5"),
                ("TRANSPORT:MAXREDIRECTS", "1")))
            .AddRemoteFile("catalog", new Uri("https://example.com/a.zip"));
        using ServiceProvider provider = _services.BuildServiceProvider();

        HctefOptions options = provider.GetHctefOptions();
        Assert.Equal(5, Assert.Single(options.Files).Value.PrefetchBytes);
        Assert.Equal(1, options.Transport.MaxRedirects);
        Assert.Same(provider.GetRequiredKeyedService<IRemoteFile>("catalog"), provider.GetRequiredKeyedService<IRemoteFile>("CATALOG"));
    }

    [Fact]
    public async Task Defaults_of_files_are_read_at_each_opening()
    {
        var opener = new FakeOpener();
        _services.OpenBy(opener);
        IConfigurationRoot root = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("Hctef:FileDefaults:PrefetchBytes", "1")])
            .Build();
        _services.AddHctef(root.GetSection("Hctef"));
        await using ServiceProvider provider = _services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IRangeReaderFactory>();

        await factory.OpenAsync(new Uri("https://example.com/a"));
        root["Hctef:FileDefaults:PrefetchBytes"] = 2.ToString(CultureInfo.InvariantCulture);
        root.Reload();
        await factory.OpenAsync(new Uri("https://example.com/a"));

        Assert.Equal([1L, 2L], opener.Openings.Select(o => o.Options.PrefetchBytes));
    }

    private HctefOptions Bind(IConfigurationSection section)
    {
        _services.AddHctef(section);
        using ServiceProvider provider = _services.BuildServiceProvider();
        provider.ValidateAsAtStart();
        return provider.GetHctefOptions();
    }
}
