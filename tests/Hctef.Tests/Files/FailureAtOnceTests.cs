using System.Net;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Files;

/// <summary>Failures that are there before anybody can have waited for them: handlers that answer without leaving the thread.</summary>
public sealed class FailureAtOnceTests : IAsyncLifetime
{
    private readonly RefusingHandler _refusal = new();
    private FileRig _rig = null!;
    private IRemoteFile _file = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(
            register: (builder, _) => builder.HttpClientBuilder.AddHttpMessageHandler(() => new RefusingHandler.Link(_refusal)));
        ServedFile served = _rig.Server.Add("file.bin", 1 << 20);
        _file = await _rig.OpenColdAsync(served);
        _refusal.Refuses = true;
    }

    public async Task DisposeAsync()
    {
        _file.Dispose();
        await _rig.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_asks_once_and_is_told(bool sync)
    {
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => Task.Run(
            () => sync ? Task.FromResult(_file.Read(new byte[100], 0)) : _file.ReadAsync(new byte[100], 0).AsTask()));

        Assert.Equal(HttpStatusCode.NotFound, failure.StatusCode);
        Assert.Equal(1, _refusal.Refused);
        await _rig.WhenQuietAsync();
    }

    [Fact]
    public async Task An_uncached_read_asks_once_and_is_told()
    {
        await using RemoteFileStream cursor = _file.OpenStream(CursorCaching.Uncached);
        await Assert.ThrowsAsync<HctefNetworkException>(() => Task.Run(() => cursor.ReadExactlyAsync(new byte[100]).AsTask()));

        Assert.Equal(1, _refusal.Refused);
        await _rig.WhenQuietAsync();
    }

    [Fact]
    public async Task Prefetching_ends_with_what_failed()
    {
        Assert.Equal(1 << 20, await Task.Run(() => _file.PrefetchAsync([new ByteRange(0, 1 << 20)]).AsTask()));

        Assert.Equal(1, _refusal.Refused);
        Assert.Empty(_file.GetCachedRanges());
    }

    [Fact]
    public async Task Several_ranges_are_told_by_the_read_of_the_first()
    {
        RangeRead[] reads = [new(0, new byte[100]), new(500_000, new byte[100])];
        await Assert.ThrowsAsync<HctefNetworkException>(() => Task.Run(() => _file.ReadRangesAsync(reads).AsTask()));

        // One request for each of the two, and one more because the first had failed before it was read.
        Assert.Equal(3, _refusal.Refused);
    }
}
