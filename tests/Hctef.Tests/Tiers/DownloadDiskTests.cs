using Hctef.Tests.Files;
using Hctef.Tests.Samples;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Tiers;

/// <summary>A file that can only be downloaded whole is downloaded once, and then read from the disk as long as it is the same.</summary>
public sealed class DownloadDiskTests() : OneFileTests("data.bin", Length)
{
    private const int Length = 3_000_000;

    private readonly ScratchFolder _folder = new();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Served.SupportsRanges = false;
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_body_is_left_where_the_disk_has_it_all()
    {
        await ReadAllAsync();
        Server.ResetCounts();

        // A reply whose body never ends: nobody waits for it.
        _ = Served.HoldAt(100_000);
        RemoteFileStatistics again = await ReadAllAsync();

        Assert.Single(Server.Log);
        Assert.Equal(1, again.Requests);
        Assert.Equal(0, again.BytesFetched);
        Assert.Equal(Length, again.BytesFromTiers);
    }

    [Fact]
    public async Task Another_version_is_downloaded()
    {
        await ReadAllAsync();
        Served.Update(version: 2, Length);

        RemoteFileStatistics again = await ReadAllAsync();

        Assert.Equal(Length, again.BytesFetched);
        Assert.Equal(0, again.BytesFromTiers);
    }

    private async Task<RemoteFileStatistics> ReadAllAsync()
    {
        var services = new ServiceCollection();

        // Time stands still: closing waits until all is written.
        services.AddSingleton<TimeProvider>(new ManualTimeProvider());
        services
            .AddHctef(static options => options.FileDefaults.WhenRangesUnsupported = RangeFallback.Download)
            .UseDiskCache(_folder["cache"], static disk => disk.MinFreeBytes = 0);
        await using ServiceProvider provider = services.BuildServiceProvider();
        await using IRemoteFile file = await provider.GetRequiredService<IRangeReaderFactory>().OpenAsync(Served.Uri).WaitAsync(FileRig.HangGuard);
        await file.AssertReadsAsync(Served, 0, Length);
        return file.GetStatistics();
    }
}
