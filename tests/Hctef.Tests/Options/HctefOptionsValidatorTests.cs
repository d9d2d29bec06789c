using Hctef.Options;
using Microsoft.Extensions.Options;

namespace Hctef.Tests.Options;

public sealed class HctefOptionsValidatorTests
{
    private static readonly Uri Url = new("https://example.com/a.zip?sig=canary");

    public static TheoryData<string, Action<HctefOptions>> Invalid => new()
    {
        { "Cache.BlockBytes is 1000", o => o.Cache.BlockBytes = 1000 },
        { "Cache.BlockBytes is 256", o => o.Cache.BlockBytes = 256 },
        { "Cache.BlockBytes is 2097152", o => o.Cache.BlockBytes = 2 * 1024 * 1024 },
        { "Cache.BlockBytes is 0", o => o.Cache.BlockBytes = 0 },
        { "Cache.BlockBytes is -2147483648", o => o.Cache.BlockBytes = int.MinValue },
        { "Cache.MemoryBytes is 16383", o => o.Cache.MemoryBytes = 16383 },
        { "Cache.MemoryBytes is -1", o => o.Cache.MemoryBytes = -1 },
        { "Cache must not be null", o => o.Cache = null! },
        { "Cache.Disk.Path is blank", o => o.Cache.Disk.Path = " " },
        { "Cache.Disk.Path is 'cache', but must be an absolute path", o => o.Cache.Disk.Path = "cache" },
        { "Cache.Disk.Path holds a null character", o => o.Cache.Disk.Path = "/cache\0" },
        { "Cache.Disk.MaxBytes is 16777215", o => o.Cache.Disk.MaxBytes = (16 * 1024 * 1024) - 1 },
        { "Cache.Disk.MinFreeBytes is -1", o => o.Cache.Disk.MinFreeBytes = -1 },
        { "Cache.Disk.MaxAge is 00:00:00", o => o.Cache.Disk.MaxAge = TimeSpan.Zero },
        { "Cache.Disk.MaxAge is 3650.00:00:00.0000001", o => o.Cache.Disk.MaxAge = TimeSpan.FromDays(3650) + TimeSpan.FromTicks(1) },
        { "Cache.Disk must not be null", o => o.Cache.Disk = null! },
        { "Cache.Distributed.ChunkBytes is 100000", o => o.Cache.Distributed.ChunkBytes = 100_000 },
        { "Cache.Distributed.ChunkBytes is 8192", o => o.Cache.Distributed.ChunkBytes = 8192 },
        { "Cache.Distributed.ChunkBytes is 2097152", o => o.Cache.Distributed.ChunkBytes = 2 * 1024 * 1024 },
        { "Cache.Distributed.ChunkBytes is -2147483648", o => o.Cache.Distributed.ChunkBytes = int.MinValue },
        { "Cache.Distributed.ChunkBytes is 131072, but must be at least BlockBytes, which is 262144", o => (o.Cache.BlockBytes, o.Cache.Distributed.Enabled) = (256 * 1024, true) },
        { "Cache.Distributed.ReadTimeout is 00:00:00", o => o.Cache.Distributed.ReadTimeout = TimeSpan.Zero },
        { "Cache.Distributed.TimeToLive is -00:00:01", o => o.Cache.Distributed.TimeToLive = TimeSpan.FromSeconds(-1) },
        { "Cache.Distributed.TrustSharedMetadataFor is -00:00:01, but must be from zero", o => o.Cache.Distributed.TrustSharedMetadataFor = TimeSpan.FromSeconds(-1) },
        { "Cache.Distributed.TrustSharedMetadataFor is 2.00:00:00", o => o.Cache.Distributed.TrustSharedMetadataFor = TimeSpan.FromDays(2) },
        { "Cache.Distributed.HmacKey must be the Base64 of at least 16 bytes", o => o.Cache.Distributed.HmacKey = "canary!" },
        { "Cache.Distributed.HmacKey must be the Base64 of at least 16 bytes", o => o.Cache.Distributed.HmacKey = Convert.ToBase64String(new byte[15]) },
        { "Cache.Distributed.HmacKey must be the Base64 of at least 16 bytes", o => o.Cache.Distributed.HmacKey = "" },
        { "Cache.Distributed.MaxValueBytes is 131327, but must be at least 131328", o => o.Cache.Distributed.MaxValueBytes = (128 * 1024) + 255 },
        { "Cache.Distributed.ServiceKey is blank", o => o.Cache.Distributed.ServiceKey = "" },
        { "Cache.Distributed must not be null", o => o.Cache.Distributed = null! },
        { "Transport.ConnectTimeout is 00:00:00", o => o.Transport.ConnectTimeout = TimeSpan.Zero },
        { "Transport.FirstByteTimeout is -00:00:01", o => o.Transport.FirstByteTimeout = TimeSpan.FromSeconds(-1) },
        { "Transport.IdleTimeout is 10.00:00:00", o => o.Transport.IdleTimeout = TimeSpan.FromDays(10) },
        { "Transport.IdleTimeout is -00:00:00.0010000", o => o.Transport.IdleTimeout = Timeout.InfiniteTimeSpan },
        { "Transport.TotalTimeout is 1.00:00:00.0000001", o => o.Transport.TotalTimeout = TimeSpan.FromDays(1) + TimeSpan.FromTicks(1) },
        { "Transport.MaxConcurrencyPerHost is 0", o => o.Transport.MaxConcurrencyPerHost = 0 },
        { "Transport.MaxConcurrencyPerHost is 1025", o => o.Transport.MaxConcurrencyPerHost = 1025 },
        { "Transport.MaxRedirects is -1", o => o.Transport.MaxRedirects = -1 },
        { "Transport.MaxRedirects is 11", o => o.Transport.MaxRedirects = 11 },
        { "Transport must not be null", o => o.Transport = null! },
        { "Retry.MaxRetries is -1", o => o.Retry.MaxRetries = -1 },
        { "Retry.MaxRetries is 101", o => o.Retry.MaxRetries = 101 },
        { "Retry.BaseDelay is 00:00:00", o => o.Retry.BaseDelay = TimeSpan.Zero },
        { "Retry.MaxDelay is 2.00:00:00", o => o.Retry.MaxDelay = TimeSpan.FromDays(2) },
        { "Retry.MaxDelay is 00:00:00.0500000, but must be at least BaseDelay", o => o.Retry.MaxDelay = TimeSpan.FromMilliseconds(50) },
        { "Retry.MaxRetryAfter is 00:00:00", o => o.Retry.MaxRetryAfter = TimeSpan.Zero },
        { "Retry must not be null", o => o.Retry = null! },
        { "FileDefaults.PrefetchBytes is -1", o => o.FileDefaults.PrefetchBytes = -1 },
        { "FileDefaults.MinimumRangeRequestBytes is 0", o => o.FileDefaults.MinimumRangeRequestBytes = 0 },
        { "FileDefaults.OnChange is 7", o => o.FileDefaults.OnChange = (ChangePolicy)7 },
        { "FileDefaults.WhenRangesUnsupported is 7", o => o.FileDefaults.WhenRangesUnsupported = (RangeFallback)7 },
        { "FileDefaults.OnStartFailure is 7", o => o.FileDefaults.OnStartFailure = (StartFailurePolicy)7 },
        { "FileDefaults.WhenRangesUnsupported is Download, but Cache.MemoryBytes is 0", o => (o.Cache.MemoryBytes, o.FileDefaults.WhenRangesUnsupported) = (0, RangeFallback.Download) },
        { "FileDefaults.MaxDownloadBytes is 0", o => o.FileDefaults.MaxDownloadBytes = 0 },
        { "Files:catalog:MaxDownloadBytes is 99999999999", o => o.Files["catalog"] = new RemoteFileOptions { Url = Url, MaxDownloadBytes = 99_999_999_999 } },
        { "FileDefaults.PrefetchDirection is 7", o => o.FileDefaults.PrefetchDirection = (PrefetchDirection)7 },
        { "FileDefaults.Url must not be set", o => o.FileDefaults.Url = Url },
        { "FileDefaults.CacheKey must not be set", o => o.FileDefaults.CacheKey = "k" },
        { "FileDefaults.ExpectedEntityTag must not be set", o => o.FileDefaults.ExpectedEntityTag = "\"e\"" },
        { "FileDefaults.Headers has 'X-A', which cannot be sent: its value", o => o.FileDefaults.Headers["X-A"] = "canary\r\nEvil: 1" },
        { "FileDefaults.Headers has 'X?A', which cannot be sent: its name", o => o.FileDefaults.Headers["X\nA"] = "1" },
        { "FileDefaults.Headers has '', which cannot be sent: its name", o => o.FileDefaults.Headers[""] = "1" },
        { "FileDefaults.Headers has 'X-A', which cannot be sent: it has no value", o => o.FileDefaults.Headers["X-A"] = null! },
        { "FileDefaults.Headers has 'X-A', which cannot be sent: its value", o => o.FileDefaults.Headers["X-A"] = "canary\u00e9" },
        { "FileDefaults.Headers has 'range', which cannot be sent: Hctef", o => o.FileDefaults.Headers["range"] = "canary" },
        { "FileDefaults.Headers has 'Content-Type', which cannot be sent: it describes a body", o => o.FileDefaults.Headers["Content-Type"] = "canary" },
        { "FileDefaults.Partition is blank", o => o.FileDefaults.Partition = "" },
        { "Files:catalog:CacheKey is blank", o => o.Files["catalog"] = new RemoteFileOptions { Url = Url, CacheKey = " " } },
        { "FileDefaults.ForwardHeadersTo has an entry", o => o.FileDefaults.ForwardHeadersTo.Add("https://cdn.example.com") },
        { "FileDefaults must not be null", o => o.FileDefaults = null! },
        { "Files:catalog:Url is missing", o => o.Files["catalog"] = new RemoteFileOptions() },
        { "Files:catalog:Url is relative", o => o.Files["catalog"] = new RemoteFileOptions { Url = new Uri("a?canary", UriKind.Relative) } },
        { "Files:catalog:Url has the scheme 'ftp'", o => o.Files["catalog"] = new RemoteFileOptions { Url = new Uri("ftp://a/?canary") } },
        { "Files:catalog:PrefetchBytes is -1", o => o.Files["catalog"] = new RemoteFileOptions { Url = Url, PrefetchBytes = -1 } },
        { "Files:catalog:ExpectedEntityTag contains", o => o.Files["catalog"] = new RemoteFileOptions { Url = Url, ExpectedEntityTag = "\"\n\"" } },
        { "Files:catalog must not be null", o => o.Files["catalog"] = null! },
        { "Files has a file without a name", o => o.Files[" "] = new RemoteFileOptions { Url = Url } },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void An_option_out_of_its_range_is_named_without_secrets(string expected, Action<HctefOptions> spoil)
    {
        var options = new HctefOptions();
        spoil(options);

        ValidateOptionsResult result = new HctefOptionsValidator().Validate(name: "", options);

        string failure = Assert.Single(result.Failures!);
        Assert.StartsWith("Hctef: " + expected, failure, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Ends_of_ranges_are_valid()
    {
        var options = new HctefOptions();
        options.Cache.BlockBytes = 1024 * 1024;
        options.Cache.MemoryBytes = 1024 * 1024;
        options.Cache.Disk.Path = Path.GetFullPath("/cache");
        options.Cache.Disk.MaxBytes = 16 * 1024 * 1024;
        options.Cache.Disk.MinFreeBytes = 0;
        options.Cache.Disk.MaxAge = TimeSpan.FromDays(3650);
        options.Cache.Distributed.Enabled = true;
        options.Cache.Distributed.ChunkBytes = 1024 * 1024;
        options.Cache.Distributed.MaxValueBytes = (1024 * 1024) + 256;
        options.Cache.Distributed.HmacKey = Convert.ToBase64String(new byte[16]);
        options.Cache.Distributed.TrustSharedMetadataFor = TimeSpan.FromDays(1);
        options.Cache.Distributed.TimeToLive = TimeSpan.FromTicks(1);
        options.Transport.ConnectTimeout = TimeSpan.FromTicks(1);
        options.Transport.TotalTimeout = TimeSpan.FromDays(1);
        options.Transport.MaxConcurrencyPerHost = 1024;
        options.Transport.MaxRedirects = 0;
        options.Retry.MaxRetries = 100;
        options.Retry.MaxDelay = options.Retry.BaseDelay;
        options.FileDefaults.PrefetchBytes = 0;
        options.FileDefaults.MinimumRangeRequestBytes = 1;
        options.FileDefaults.Headers["Authorization"] = "Bearer x";
        options.FileDefaults.ForwardHeadersTo.Add("cdn.example.com");
        options.Files["catalog"] = new RemoteFileOptions { Url = Url };
        Assert.True(new HctefOptionsValidator().Validate(name: "", options).Succeeded);

        options.Cache.BlockBytes = 512;
        options.Cache.MemoryBytes = 0;
        options.Cache.Distributed.ChunkBytes = 16 * 1024;
        options.Cache.Distributed.TimeToLive = null;
        options.Transport.MaxConcurrencyPerHost = 1;
        options.Transport.MaxRedirects = 10;
        options.Retry.MaxRetries = 0;
        Assert.True(new HctefOptionsValidator().Validate(name: "", options).Succeeded);
    }

    [Fact]
    public void All_problems_are_told_at_once_with_the_name_of_the_registration()
    {
        var options = new HctefOptions();
        options.Transport.MaxRedirects = 11;
        options.Retry.MaxRetries = -1;

        ValidateOptionsResult result = new HctefOptionsValidator().Validate("archive", options);

        Assert.Equal(2, result.Failures!.Count());
        Assert.All(result.Failures!, f => Assert.StartsWith("Hctef:archive: ", f, StringComparison.Ordinal));
    }

    [Fact]
    public void A_time_in_days_by_mistake_gets_a_hint()
    {
        var options = new HctefOptions();
        options.Transport.IdleTimeout = TimeSpan.FromDays(10);

        string failure = Assert.Single(new HctefOptionsValidator().Validate(name: "", options).Failures!);

        Assert.Contains("\"10\" means ten days and \"00:00:10\" ten seconds", failure, StringComparison.Ordinal);
    }
}
