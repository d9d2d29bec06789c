using Hctef.Tests.Faults;
using Hctef.Tests.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hctef.Tests.DependencyInjection;

/// <summary>What a reload of the configuration changes, and what is read once.</summary>
public sealed class OptionsReloadTests : IAsyncDisposable
{
    private static readonly Uri Url = new("https://example.com/a");

    private readonly FakeOpener _opener = new();
    private readonly RecordedLogs _logs = new();
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder()
        .AddInMemoryCollection([
            KeyValuePair.Create<string, string?>("Hctef:FileDefaults:PrefetchBytes", "1"),
            KeyValuePair.Create<string, string?>("Hctef:Files:catalog:Url", "https://example.com/catalog"),
            KeyValuePair.Create<string, string?>("Hctef:Files:other:Url", "https://example.com/other"),
        ])
        .Build();

    private readonly ServiceProvider _services;

    public OptionsReloadTests()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(_logs).SetMinimumLevel(LogLevel.Warning));
        services.OpenBy(_opener);
        services.AddHctef(_configuration.GetSection("Hctef"));
        _services = services.BuildServiceProvider();
    }

    private IRangeReaderFactory Files => _services.GetRequiredService<IRangeReaderFactory>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task Options_of_files_apply_to_what_opens_from_then_on()
    {
        await Files.GetFile("other").GetInfoAsync();
        await Files.OpenAsync(Url);
        Reload(("FileDefaults:PrefetchBytes", "2"), ("Files:catalog:PrefetchBytes", "3"), ("Files:other:PrefetchBytes", "4"));
        await Files.OpenAsync(Url);
        await Files.GetFile("catalog").GetInfoAsync();
        await Files.GetFile("other").GetInfoAsync();

        // The open file stays as it was opened.
        Assert.Equal([1L, 1L, 2L, 3L], _opener.Openings.Select(static opening => opening.Options.PrefetchBytes));
    }

    [Fact]
    public async Task Which_files_there_are_and_their_URLs_is_read_once()
    {
        IRemoteFile file = Files.GetFile("catalog");
        Reload(("Files:catalog:Url", "https://example.com/moved"), ("Files:late:Url", "https://example.com/late"));
        await file.GetInfoAsync();

        Assert.Equal("https://example.com/catalog", Assert.Single(_opener.Openings).Uri.AbsoluteUri);
        var e = Assert.Throws<InvalidOperationException>(() => Files.GetFile("late"));
        Assert.Contains("Registered are: 'catalog', 'other'.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cache_transport_and_retries_are_read_once()
    {
        await using FileRig rig = await FileRig.StartAsync(register: (builder, _) => builder.Services.AddHctef(_configuration.GetSection("Hctef")));
        int blockBytes = rig.Engine.Cache.BlockBytes;
        Reload(("Cache:BlockBytes", "4096"), ("Transport:MaxConcurrencyPerHost", "1"), ("Retry:Hedging", "true"));
        using IRemoteFile file = await rig.OpenColdAsync(rig.Server.Add("file.bin", 100));

        Assert.Equal(4096, rig.Services.GetHctefOptions().Cache.BlockBytes);
        Assert.Equal(blockBytes, rig.Engine.Cache.BlockBytes);
        Assert.Equal(64, rig.Engine.Network.Transport.MaxConcurrencyPerHost);
        Assert.False(rig.Engine.Network.Hedges);
    }

    [Theory]
    [InlineData("FileDefaults:PrefetchBytes", "-1", "FileDefaults.PrefetchBytes is -1")]
    [InlineData("FileDefaults:PrefetchBytes", "many", "Hctef:FileDefaults:PrefetchBytes")]
    [InlineData("FileDefaults:Prefetch", "1", "'Hctef:FileDefaults:Prefetch' is not known")]
    public async Task A_wrong_value_changes_nothing_and_is_warned_about_once(string key, string value, string expected)
    {
        await Files.OpenAsync(Url);
        ReloadWrongly((key, value));
        await Files.OpenAsync(Url);
        await Files.OpenAsync(Url);
        await Files.GetFile("catalog").GetInfoAsync();

        Assert.Equal([1L, 1L, 1L, 1L], _opener.Openings.Select(static opening => opening.Options.PrefetchBytes));
        string warning = Assert.Single(_logs.Lines, static line => line.Contains("reloaded options of 'Hctef' are wrong", StringComparison.Ordinal));
        Assert.Contains(expected, warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_wrong_value_a_right_one_applies_and_the_next_wrong_one_is_warned_about()
    {
        await Files.OpenAsync(Url);
        ReloadWrongly(("FileDefaults:PrefetchBytes", "-1"));
        await Files.OpenAsync(Url);
        Reload(("FileDefaults:PrefetchBytes", "2"));
        await Files.OpenAsync(Url);
        ReloadWrongly(("FileDefaults:PrefetchBytes", "-1"));
        await Files.OpenAsync(Url);

        Assert.Equal([1L, 1L, 2L, 2L], _opener.Openings.Select(static opening => opening.Options.PrefetchBytes));
        Assert.Equal(2, _logs.Lines.Count(static line => line.Contains("reloaded options", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_value_that_was_wrong_from_the_start_fails_each_opening()
    {
        ReloadWrongly(("FileDefaults:PrefetchBytes", "-1"));

        await Assert.ThrowsAsync<OptionsValidationException>(() => Files.OpenAsync(Url));
        await Assert.ThrowsAsync<OptionsValidationException>(() => Files.OpenAsync(Url));
        Assert.Empty(_opener.Openings);
    }

    private void Reload(params (string Key, string Value)[] settings)
    {
        foreach ((string key, string value) in settings)
            _configuration["Hctef:" + key] = value;
        _configuration.Reload();
    }

    /// <summary>Whoever reloads is told by the options framework, too; a watcher of files drops that.</summary>
    private void ReloadWrongly(params (string Key, string Value)[] settings) => _ = Record.Exception(() => Reload(settings));
}
