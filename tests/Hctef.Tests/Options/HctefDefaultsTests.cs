using Hctef.Options;

namespace Hctef.Tests.Options;

/// <summary>Pins every default: changing one changes behaviour for every user, so it happens on purpose.</summary>
public sealed class HctefDefaultsTests
{
    [Fact]
    public void Options_have_the_documented_defaults()
    {
        var options = new HctefOptions();

        Assert.Equal(16_384, options.Cache.BlockBytes);
        Assert.Null(options.Cache.MemoryBytes);
        Assert.Null(options.Cache.Disk.Path);
        Assert.Equal(4_294_967_296, options.Cache.Disk.MaxBytes);
        Assert.Equal(1_073_741_824, options.Cache.Disk.MinFreeBytes);
        Assert.Null(options.Cache.Disk.MaxAge);
        Assert.False(options.Cache.Disk.AcceptStrongDates);
        Assert.False(options.Cache.Distributed.Enabled);
        Assert.Null(options.Cache.Distributed.ServiceKey);
        Assert.Equal(131_072, options.Cache.Distributed.ChunkBytes);
        Assert.Equal(TimeSpan.FromMilliseconds(50), options.Cache.Distributed.ReadTimeout);
        Assert.Equal(TimeSpan.FromDays(1), options.Cache.Distributed.TimeToLive);
        Assert.Equal(TimeSpan.Zero, options.Cache.Distributed.TrustSharedMetadataFor);
        Assert.Null(options.Cache.Distributed.HmacKey);
        Assert.Null(options.Cache.Distributed.MaxValueBytes);
        Assert.Equal(TimeSpan.FromSeconds(10), options.Transport.ConnectTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), options.Transport.FirstByteTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), options.Transport.IdleTimeout);
        Assert.Null(options.Transport.TotalTimeout);
        Assert.Equal(64, options.Transport.MaxConcurrencyPerHost);
        Assert.Equal(10, options.Transport.MaxRedirects);
        Assert.Equal(5, options.Retry.MaxRetries);
        Assert.Equal(TimeSpan.FromMilliseconds(100), options.Retry.BaseDelay);
        Assert.Equal(TimeSpan.FromSeconds(15), options.Retry.MaxDelay);
        Assert.Equal(TimeSpan.FromSeconds(60), options.Retry.MaxRetryAfter);
        Assert.False(options.Retry.Hedging);
        Assert.Empty(options.Files);
        Assert.Equal("Hctef", HctefOptions.SectionName);
    }

    [Fact]
    public void Internal_defaults_are_pinned()
    {
        Assert.Equal(268_435_456, HctefDefaults.MaxMemoryBytes);
        Assert.Equal(65_536, HctefDefaults.OpenSuffixBytes);
        Assert.Equal(16, HctefDefaults.InitialConcurrency);
        Assert.Equal(64, HctefDefaults.DemandBurst);
        Assert.Equal(TimeSpan.FromMinutes(2), HctefDefaults.PooledConnectionLifetime);
    }

    [Fact]
    public void A_file_of_which_nothing_is_said_has_the_built_in_options()
    {
        ResolvedFileOptions resolved = FileOptionsResolver.Resolve(perOpen: null, named: null, new RemoteFileOptions());

        Assert.Equal(1_048_576, resolved.PrefetchBytes);
        Assert.Equal(PrefetchDirection.End, resolved.PrefetchDirection);
        Assert.Equal(8192, resolved.MinimumRangeRequestBytes);
        Assert.False(resolved.Immutable);
        Assert.Equal(ChangePolicy.Fail, resolved.OnChange);
        Assert.Equal(RangeFallback.Throw, resolved.WhenRangesUnsupported);
        Assert.Null(resolved.MaxDownloadBytes);
        Assert.Null(resolved.CacheKey);
        Assert.Null(resolved.Partition);
        Assert.Null(resolved.ExpectedEntityTag);
        Assert.Empty(resolved.Headers);
        Assert.Empty(resolved.ForwardHeadersTo);
    }

    [Fact]
    public void The_defaults_are_valid() =>
        Assert.True(new HctefOptionsValidator().Validate(name: "", new HctefOptions()).Succeeded);
}
