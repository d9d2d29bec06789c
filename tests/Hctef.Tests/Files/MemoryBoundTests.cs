using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>The cache never takes more than it was given, and works with nothing at all.</summary>
public sealed class MemoryBoundTests
{
    private const long Budget = 16L << 20;

    [Fact]
    public async Task I1_ten_gibibytes_through_a_cache_of_16_MiB_stay_within_it()
    {
        await using FileRig rig = await FileRig.StartAsync(options => options.Cache.MemoryBytes = Budget);
        ServedFile served = rig.Server.Add("virtual.bin", 10L << 30);
        using IRemoteFile file = await rig.OpenAsync(served);
        long most = 0;

        // Sequential enough to fill the cache several times, and then sparse over all of the file.
        await using RemoteFileStream cursor = file.OpenStream();
        byte[] piece = new byte[1 << 20];
        for (int i = 0; i < 64; i++)
        {
            await cursor.ReadExactlyAsync(piece);
            Assert.True(served.Matches(piece, (long)i << 20));
            most = Math.Max(most, rig.Engine.Cache.PoolBytes);
        }

        for (long offset = 0; offset < served.Length; offset += 7_654_321)
        {
            await file.AssertReadsAsync(served, offset, 4096);
            most = Math.Max(most, rig.Engine.Cache.PoolBytes);
        }

        await file.AssertReadsAsync(served, served.Length - Budget, (int)Budget, sync: true);
        Assert.InRange(rig.Engine.Cache.PoolBytes, most, Budget);
        Assert.InRange(most, Budget * 3 / 4, Budget);
        Assert.InRange(file.GetCachedRanges().Sum(range => range.Length), Budget * 3 / 4, Budget);
        await rig.WhenQuietAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task I6_without_memory_reads_ask_exactly_what_they_need(bool sync)
    {
        await using FileRig rig = await FileRig.StartAsync(options => options.Cache.MemoryBytes = 0);
        ServedFile served = rig.Server.Add("file.bin", 1 << 20);
        using IRemoteFile file = await rig.OpenAsync(served);
        await file.AssertReadsAsync(served, 1000, 100, sync);
        await file.AssertReadsAsync(served, 1000, 100, sync);
        await file.AssertReadsAsync(served, 0, 1 << 20, sync);
        Assert.Equal(0, await file.PrefetchAsync([new ByteRange(0, 1 << 20)]));
        await using RemoteFileStream cursor = file.OpenStream();
        cursor.Seek(-10, SeekOrigin.End);
        Assert.Equal(10, await cursor.ReadAsync(new byte[100]));
        await rig.WhenQuietAsync();

        Assert.Equal(
            ["bytes=0-0", "bytes=1000-1099", "bytes=1000-1099", "bytes=0-1048575", "bytes=1048566-1048575"], rig.Ranges);
        Assert.Empty(file.GetCachedRanges());
        Assert.Equal(0, rig.Engine.Cache.PoolBytes);
        Assert.Equal(0, file.GetStatistics().Hits);
    }

    [Fact]
    public async Task I6_a_cache_smaller_than_the_prefetch_keeps_the_end_of_the_file()
    {
        await using FileRig rig = await FileRig.StartAsync(options => options.Cache.MemoryBytes = 100 * 1024);
        ServedFile served = rig.Server.Add("file.bin", 1 << 20);
        using IRemoteFile file = await rig.OpenAsync(served);
        await rig.WhenQuietAsync();
        Assert.Contains(file.GetCachedRanges(), range => range.Offset + range.Length == served.Length);
        await file.AssertReadsAsync(served, 0, 1 << 20);
        Assert.InRange(rig.Engine.Cache.PoolBytes, 1, 100 * 1024);
    }
}
