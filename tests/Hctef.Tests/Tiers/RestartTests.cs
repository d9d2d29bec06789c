using Hctef.TestServer.Honest;

namespace Hctef.Tests.Tiers;

/// <summary>What one process has fetched, another one reads from the disk.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hctef-").FullName;
    private HonestServer _server = null!;

    public async Task InitializeAsync() => _server = await HonestServer.StartAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5_000_000)]
    [InlineData(256L << 20)]
    public async Task A_second_process_asks_the_origin_once(long length)
    {
        ServedFile served = _server.Add("data.bin", length);
        string folder = Path.Combine(_folder, "cache");
        RemoteFileStatistics first = await TierReader.RunAsync(served.Uri, "data.bin", folder);
        Assert.InRange(first.BytesFetched, length, long.MaxValue);
        _server.ResetCounts();

        RemoteFileStatistics second = await TierReader.RunAsync(served.Uri, "data.bin", folder);

        Assert.Equal(1, second.Requests);
        Assert.Single(_server.Log);
        Assert.InRange(second.BytesFetched, 1, 100_000);
        Assert.InRange(second.BytesFromTiers, length - second.BytesFetched, long.MaxValue);
    }
}
