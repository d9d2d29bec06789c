using System.Net;
using System.Net.Sockets;
using Hctef.Tests.Files;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Faults;

/// <summary>A name that leads to another address while a file is open.</summary>
public sealed class MovingHostTests
{
    private const int Block = 16 * 1024;
    private const int Length = 64 * Block;

    [Fact]
    public async Task B9_new_connections_go_to_the_new_address_and_the_file_stays_the_one_that_was_opened()
    {
        await using HonestServer after = await HonestServer.StartAsync();
        ServedFile moved = after.Add("file.bin", Length);
        int port = 0;
        await using FileRig rig = await FileRig.StartAsync(register: (builder, _) => builder.ConfigureHttpClient(
            client => client.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                // As if the lifetime had passed with each request.
                PooledConnectionLifetime = TimeSpan.Zero,
                ConnectCallback = async (_, cancellationToken) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    await socket.ConnectAsync(IPAddress.Loopback, Volatile.Read(ref port), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            })));
        ServedFile served = rig.Server.Add("file.bin", Length);
        port = served.Uri.Port;
        Uri moving = new UriBuilder(served.Uri) { Host = "moving.test" }.Uri;
        using IRemoteFile file = await rig.OpenAsync(moving, static options => options.PrefetchBytes = 0);
        await file.AssertReadsAsync(served, 0, Block);
        int before = rig.Server.RequestCount;

        Volatile.Write(ref port, moved.Uri.Port);
        await file.AssertReadsAsync(served, Length / 2, Block);
        Assert.Equal((before, 1), (rig.Server.RequestCount, after.RequestCount));

        // What is there now is compared like any other reply.
        moved.Update(version: 2, Length);
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => file.ReadAsync(new byte[Block], Length - Block, sync: false));
    }

    [Fact]
    public async Task B9_connections_do_not_outlive_the_time_in_which_names_move()
    {
        await using FileRig rig = await FileRig.StartAsync();
        HttpMessageHandler handler = rig.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(nameof(Hctef));
        while (handler is DelegatingHandler outer)
            handler = outer.InnerHandler!;

        Assert.Equal(HctefDefaults.PooledConnectionLifetime, Assert.IsType<SocketsHttpHandler>(handler).PooledConnectionLifetime);
        Assert.InRange(HctefDefaults.PooledConnectionLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
    }
}
