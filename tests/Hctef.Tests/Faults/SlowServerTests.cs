using Hctef.Tests.Files;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;
using Hctef.TestServer.Lying;

namespace Hctef.Tests.Faults;

/// <summary>Servers that hang or crawl. Trickling bodies are tested where they are received, on a clock that stands still.</summary>
public sealed class SlowServerTests
{
    private const int Length = 1 << 20;
    private const int Block = 16 * 1024;

    [Fact]
    public async Task E4_a_handshake_that_hangs_ends_by_the_time_to_connect()
    {
        // The server waits for the end of a request's head, which a TLS greeting does not have.
        await using HostileRig rig = new(
            static _ => LyingReply.Nothing,
            static options =>
            {
                options.Transport.ConnectTimeout = TimeSpan.FromMilliseconds(100);
                options.Transport.FirstByteTimeout = TimeSpan.FromHours(1);
                options.Retry.MaxRetries = 1;
            });
        var secure = new UriBuilder(rig.Secret) { Scheme = Uri.UriSchemeHttps };
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync(uri: secure.Uri));

        Assert.Equal((HctefNetworkError.Timeout, true), (failure.Error, failure.IsTransient));
        Assert.Contains("HctefOptions.Transport.ConnectTimeout", failure.Message, StringComparison.Ordinal);
        await rig.Server.WhenConnections(2);
        Assert.Equal(2, rig.Server.Connections);
        Canary.AssertAbsent(failure);
    }

    [Fact]
    public async Task E5_one_slow_block_keeps_no_other_waiting()
    {
        await using FileRig rig = await FileRig.StartAsync();
        ServedFile served = rig.Server.Add("file.bin", Length);
        ResponseGate gate = served.HoldAt(7 * Block);
        using IRemoteFile file = await rig.OpenColdAsync(served);
        Task slow = file.AssertReadsAsync(served, 7 * Block, Block);
        await Task.WhenAll(Enumerable.Range(0, 64).Where(static block => block != 7)
            .Select(block => file.AssertReadsAsync(served, block * Block, Block)));
        Assert.False(slow.IsCompleted);

        gate.Release();
        await slow;
        Assert.Equal(65, rig.Server.RequestCount);
    }
}
