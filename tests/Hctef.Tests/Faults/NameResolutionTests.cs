using System.Net.Sockets;
using Hctef.Tests.Files;
using Hctef.TestServer.Lying;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Faults;

/// <summary>
/// Names that the resolver does not know, or never answers for. The resolver is one of the test's: what the machine's says depends on its
/// network.
/// </summary>
public sealed class NameResolutionTests
{
    private static readonly Uri File = new($"http://user:{Canary.Text}@files.invalid/file.bin?sig={Canary.Text}");

    [Theory]
    [InlineData(SocketError.HostNotFound)]
    [InlineData(SocketError.TryAgain)]
    public async Task B1_a_name_that_is_not_resolved_is_tried_again_and_told(SocketError error)
    {
        int asked = 0;
        await using HostileRig rig = Rig((_, _) =>
        {
            Interlocked.Increment(ref asked);
            throw new SocketException((int)error);
        });
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync(uri: File));

        Assert.Equal((HctefNetworkError.Connection, true), (failure.Error, failure.IsTransient));
        Assert.Contains("name was not resolved", failure.Message, StringComparison.Ordinal);
        Assert.Contains("http://files.invalid/file.bin", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1 + HostileRig.MaxRetries, asked);
        Canary.AssertAbsent(failure);
    }

    [Fact]
    public async Task E4_a_resolver_that_hangs_ends_by_the_time_to_connect()
    {
        int asked = 0;
        await using HostileRig rig = Rig(async (_, cancellationToken) =>
        {
            Interlocked.Increment(ref asked);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException();
        });
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync(uri: File));

        Assert.Equal((HctefNetworkError.Timeout, true), (failure.Error, failure.IsTransient));
        Assert.Contains("HctefOptions.Transport.ConnectTimeout", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1 + HostileRig.MaxRetries, asked);
        Canary.AssertAbsent(failure);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task B1_a_name_that_no_resolver_takes_is_a_failure_like_any_other(bool guarded)
    {
        // Longer than DNS allows: refused before any packet, on every machine.
        string name = string.Join('.', Enumerable.Repeat(new string('a', 60), 5)) + ".invalid";
        await using HostileRig rig = new(
            static _ => LyingReply.Nothing,
            options => options.Egress.Enabled = guarded,
            static builder => builder.HttpClientBuilder.ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { UseProxy = false }));
        HctefException failure = await Assert.ThrowsAnyAsync<HctefException>(
            () => rig.OpenAsync(uri: new Uri($"http://{name}/file.bin?sig={Canary.Text}")));

        Assert.Equal(guarded, failure is HctefUrlException);
        Canary.AssertAbsent(failure);
    }

    [Fact]
    public async Task E4_the_guards_resolver_that_hangs_ends_by_the_time_to_connect()
    {
        await using EgressRig rig = new(register: static builder => builder.HttpClientBuilder.ConfigurePrimaryHttpMessageHandler(
            static () => new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromMilliseconds(50) }));
        rig.Network.Hanging = true;
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(
            () => rig.OpenAsync(File.AbsoluteUri).WaitAsync(FileRig.HangGuard));

        Assert.Equal((HctefNetworkError.Timeout, true), (failure.Error, failure.IsTransient));
        Assert.Empty(rig.Network.Dialled);
        Canary.AssertAbsent(failure);
    }

    private static HostileRig Rig(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect) => new(
        static _ => LyingReply.Nothing,
        static options => options.Transport.ConnectTimeout = TimeSpan.FromMilliseconds(50),
        builder => builder.HttpClientBuilder.ConfigurePrimaryHttpMessageHandler(
            () => new SocketsHttpHandler { UseProxy = false, ConnectCallback = connect, ConnectTimeout = TimeSpan.FromMilliseconds(50) }));
}
