using Hctef.Files;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Moq;

namespace Hctef.Tests.DependencyInjection;

/// <summary>UseDiskCache, UseDistributedCache, and what they need of the container.</summary>
public sealed class CacheTierRegistrationTests
{
    private static readonly string Folder = Path.GetFullPath("/var/cache/hctef");

    private readonly ServiceCollection _services = new();

    [Fact]
    public void A_disk_tier_has_its_folder_and_options()
    {
        _services.AddHctef().UseDiskCache(Folder, disk => disk.MaxBytes = 1 << 30);
        using ServiceProvider provider = _services.BuildServiceProvider();

        DiskCacheOptions disk = provider.GetHctefOptions().Cache.Disk;
        Assert.Equal((Folder, 1 << 30), (disk.Path, disk.MaxBytes));
        provider.ValidateAsAtStart();
    }

    [Fact]
    public void Configuration_wins_over_both_methods()
    {
        _services.AddHctef(TestContainer.Section(("Cache:Disk:Path", Folder), ("Cache:Distributed:Enabled", "false")))
            .UseDiskCache(Path.GetFullPath("/elsewhere"))
            .UseDistributedCache();
        using ServiceProvider provider = _services.BuildServiceProvider();

        Assert.Equal(Folder, provider.GetHctefOptions().Cache.Disk.Path);
        Assert.False(provider.GetHctefOptions().Cache.Distributed.Enabled);
    }

    [Fact]
    public void Tiers_are_of_the_registration_that_they_are_set_on()
    {
        _services.AddHctef();
        _services.AddKeyedHctef("archive").UseDiskCache(Folder).UseDistributedCache(distributed => distributed.ChunkBytes = 65_536);
        using ServiceProvider provider = _services.BuildServiceProvider();

        Assert.Null(provider.GetHctefOptions().Cache.Disk.Path);
        Assert.False(provider.GetHctefOptions().Cache.Distributed.Enabled);
        Assert.Equal(Folder, provider.GetHctefOptions("archive").Cache.Disk.Path);
        Assert.True(provider.GetHctefOptions("archive").Cache.Distributed.Enabled);
        Assert.Equal(65_536, provider.GetHctefOptions("archive").Cache.Distributed.ChunkBytes);
    }

    [Fact]
    public void A_relative_folder_fails_the_start()
    {
        _services.AddHctef().UseDiskCache("cache");
        using ServiceProvider provider = _services.BuildServiceProvider();

        var e = Assert.Throws<OptionsValidationException>(provider.ValidateAsAtStart);
        Assert.Contains("Hctef: Cache.Disk.Path is 'cache', but must be an absolute path", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(null, true)]
    [InlineData("store", false)]
    [InlineData("store", true)]
    public void A_distributed_tier_without_its_store_fails_the_start(string? serviceKey, bool hasStore)
    {
        _services.AddKeyedHctef("archive").UseDistributedCache(distributed => distributed.ServiceKey = serviceKey);
        _services.AddKeyedSingleton("another", Mock.Of<IDistributedCache>());
        if (hasStore && serviceKey is null)
            _services.AddSingleton(Mock.Of<IDistributedCache>());
        else if (hasStore)
            _services.AddKeyedSingleton(serviceKey, Mock.Of<IDistributedCache>());
        using ServiceProvider provider = _services.BuildServiceProvider();

        Exception? failure = Record.Exception(provider.ValidateAsAtStart);

        if (hasStore)
        {
            Assert.Null(failure);
            return;
        }

        Assert.IsType<OptionsValidationException>(failure);
        Assert.Contains("Hctef:archive: Cache.Distributed.Enabled is true, but no IDistributedCache", failure.Message, StringComparison.Ordinal);
        Assert.Equal(serviceKey is not null, failure.Message.Contains("service key 'store'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_host_it_fails_the_first_use()
    {
        _services.AddHctef().UseDistributedCache();
        await using ServiceProvider provider = _services.BuildServiceProvider();
        IRangeReaderFactory files = provider.GetRequiredService<IRangeReaderFactory>();

        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => files.OpenAsync(new Uri("https://example.com/")));
        Assert.Contains("no IDistributedCache is registered", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_are_checked()
    {
        IHctefBuilder builder = _services.AddHctef();

        Assert.Throws<ArgumentNullException>("builder", () => HctefServiceCollectionExtensions.UseDiskCache(null!, Folder));
        Assert.Throws<ArgumentNullException>("path", () => builder.UseDiskCache(null!));
        Assert.Throws<ArgumentException>("path", () => builder.UseDiskCache(" "));
        Assert.Throws<ArgumentNullException>("builder", () => HctefServiceCollectionExtensions.UseDistributedCache(null!));
    }

    [Fact]
    public async Task Without_tiers_the_engine_has_none()
    {
        _services.AddHctef();
        await using ServiceProvider provider = _services.BuildServiceProvider();

        Assert.Empty(provider.GetRequiredService<HctefEngine>().Tiers.All);
    }
}
