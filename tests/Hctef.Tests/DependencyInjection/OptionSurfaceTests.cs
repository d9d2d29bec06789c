using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.DependencyInjection;

/// <summary>Every option that there is can be set from appsettings.json and from environment variables.</summary>
public sealed class OptionSurfaceTests
{
    /// <summary>A value for each key, none of them a default; an option that is missing here fails the first test.</summary>
    private static readonly Dictionary<string, string> Parts = new()
    {
        ["Cache:MemoryBytes"] = "1048576",
        ["Cache:BlockBytes"] = "8192",
        ["Cache:Disk:Path"] = Path.GetFullPath("/var/cache/hctef"),
        ["Cache:Disk:MaxBytes"] = "16777216",
        ["Cache:Disk:MinFreeBytes"] = "17",
        ["Cache:Disk:MaxAge"] = "18.00:00:00",
        ["Cache:Disk:AcceptStrongDates"] = "True",
        ["Cache:Distributed:Enabled"] = "True",
        ["Cache:Distributed:ServiceKey"] = "store",
        ["Cache:Distributed:ChunkBytes"] = "65536",
        ["Cache:Distributed:ReadTimeout"] = "00:00:00.0190000",
        ["Cache:Distributed:TimeToLive"] = "20.00:00:00",
        ["Cache:Distributed:TrustSharedMetadataFor"] = "00:00:21",
        ["Cache:Distributed:HmacKey"] = "MDEyMzQ1Njc4OTAxMjM0NTY3ODk=",
        ["Cache:Distributed:MaxValueBytes"] = "65792",
        ["Transport:ConnectTimeout"] = "00:00:01",
        ["Transport:FirstByteTimeout"] = "00:00:02",
        ["Transport:IdleTimeout"] = "00:00:03",
        ["Transport:TotalTimeout"] = "00:00:04",
        ["Transport:MaxConcurrencyPerHost"] = "5",
        ["Transport:MaxRedirects"] = "6",
        ["Retry:MaxRetries"] = "7",
        ["Retry:BaseDelay"] = "00:00:00.0080000",
        ["Retry:MaxDelay"] = "00:00:09",
        ["Retry:MaxRetryAfter"] = "00:00:10",
        ["Retry:Hedging"] = "True",
        ["Egress:Enabled"] = "True",
        ["Egress:AllowedHosts:0"] = "*.example.com",
        ["Egress:DeniedHosts:0"] = "secret.example.com",
        ["Egress:AllowedSchemes:0"] = "https",
        ["Egress:AllowedPorts:0"] = "443",
    };

    private static readonly Dictionary<string, string> File = new()
    {
        ["Partition"] = "p",
        ["Headers:X-Key"] = "k",
        ["ForwardHeadersTo:0"] = "cdn.example.com",
        ["PrefetchBytes"] = "11",
        ["PrefetchDirection"] = "Start",
        ["MinimumRangeRequestBytes"] = "12",
        ["ReadaheadBytes"] = "13",
        ["OpenAtStart"] = "True",
        ["OnStartFailure"] = "Warn",
        ["Immutable"] = "True",
        ["WhenRangesUnsupported"] = "Download",
        ["MaxDownloadBytes"] = "14",
        ["OnChange"] = "Reopen",
    };

    private static readonly Dictionary<string, string> OneFile = new()
    {
        ["Url"] = "https://a.example.com/file.bin",
        ["CacheKey"] = "c",
        ["ExpectedEntityTag"] = "\"e\"",
    };

    private static readonly Dictionary<string, string> All = new(
    [
        .. Parts,
        .. File.Select(static option => KeyValuePair.Create("FileDefaults:" + option.Key, option.Value)),
        .. File.Concat(OneFile).Select(static option => KeyValuePair.Create("Files:catalog:" + option.Key, option.Value)),
    ]);

    [Fact]
    public void No_option_is_left_out_here()
    {
        string[] settable = [.. Flatten(NewOptions()).Select(static option => option.Key)];
        string[] inDefaults = [.. OneFile.Keys.Select(static key => "FileDefaults:" + key)];

        Assert.Equal(
            settable.Except(inDefaults).Order(StringComparer.Ordinal),
            All.Keys.Select(static key => key.Replace(":0", "", StringComparison.Ordinal).Replace(":X-Key", "", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_option_binds_from_JSON()
    {
        var root = new JsonObject();
        foreach ((string key, string value) in All)
        {
            string[] path = ["Hctef", .. key.Split(':')];
            JsonObject parent = root;
            foreach (string part in path[..^1])
                parent = (JsonObject)(parent[part] ??= new JsonObject());
            parent[path[^1]] = ToJson(value);
        }

        using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(root));
        AssertBinds(new ConfigurationBuilder().AddJsonStream(json).Build());
    }

    [Fact]
    public void Every_option_binds_from_environment_variables()
    {
        // Of this test alone: the environment is the whole process's.
        string prefix = $"T{Guid.NewGuid():N}_";
        foreach ((string key, string value) in All)
            Environment.SetEnvironmentVariable($"{prefix}Hctef__{key.Replace(":", "__", StringComparison.Ordinal)}", value);
        try
        {
            AssertBinds(new ConfigurationBuilder().AddEnvironmentVariables(prefix).Build());
        }
        finally
        {
            foreach (string key in All.Keys)
                Environment.SetEnvironmentVariable($"{prefix}Hctef__{key.Replace(":", "__", StringComparison.Ordinal)}", null);
        }
    }

    private static void AssertBinds(IConfiguration configuration)
    {
        var services = new ServiceCollection();
        services.AddHctef(configuration.GetSection(HctefOptions.SectionName));
        using ServiceProvider provider = services.BuildServiceProvider();
        Dictionary<string, string> bound = new(Flatten(provider.GetHctefOptions()));

        foreach ((string key, string value) in All)
        {
            string option = key.Replace(":0", "", StringComparison.Ordinal).Replace(":X-Key", "", StringComparison.Ordinal);
            Assert.Equal((option, value), (option, bound[option]));
        }
    }

    private static HctefOptions NewOptions()
    {
        var options = new HctefOptions();
        options.Files["catalog"] = new RemoteFileOptions();
        return options;
    }

    /// <summary>Every option with its value as text, lists and dictionaries by their only value.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Flatten(HctefOptions options) =>
    [
        .. Flatten("Cache:", options.Cache),
        .. Flatten("Transport:", options.Transport),
        .. Flatten("Retry:", options.Retry),
        .. Flatten("Egress:", options.Egress),
        .. Flatten("FileDefaults:", options.FileDefaults),
        .. options.Files.SelectMany(static file => Flatten($"Files:{file.Key}:", file.Value)),
    ];

    private static IEnumerable<KeyValuePair<string, string>> Flatten(string path, object part) =>
        part.GetType().GetProperties()
            .Where(static property => !typeof(Delegate).IsAssignableFrom(property.PropertyType))
            .SelectMany(property => property.GetValue(part) is { } value && IsPart(property.PropertyType)
                ? Flatten($"{path}{property.Name}:", value)
                : [KeyValuePair.Create(path + property.Name, Text(property.GetValue(part)))]);

    private static bool IsPart(Type type) => type.IsClass && type.Namespace == nameof(Hctef);

    private static string Text(object? value) => value switch
    {
        string text => text,
        IDictionary<string, string> entries => entries.Values.SingleOrDefault() ?? "",
        IEnumerable entries => entries.Cast<object>().Select(Text).SingleOrDefault() ?? "",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>Numbers and switches as JSON writes them, so that nothing hangs on everything being a string.</summary>
    private static JsonNode ToJson(string value) =>
        long.TryParse(value, CultureInfo.InvariantCulture, out long number) ? JsonValue.Create(number)
        : bool.TryParse(value, out bool flag) ? JsonValue.Create(flag)
        : JsonValue.Create(value);
}
