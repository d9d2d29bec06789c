using System.Collections.Concurrent;
using Hctef.Tests.Files;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hctef.Tests.Faults;

/// <summary>A host that stops while its services fetch.</summary>
public sealed class ShutdownTests
{
    private const string Path = "l6-shutdown.bin";
    private const int Length = 8 << 20;

    [Fact]
    public async Task L6_a_host_stops_while_a_service_prefetches_and_nothing_is_left()
    {
        var unobserved = new ConcurrentQueue<string>();
        EventHandler<UnobservedTaskExceptionEventArgs> listen = (_, e) => unobserved.Enqueue(e.Exception.ToString());
        TaskScheduler.UnobservedTaskException += listen;
        try
        {
            await RunHostAsync();
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= listen;
        }

        Assert.DoesNotContain(unobserved, static text => text.Contains(Path, StringComparison.Ordinal));
    }

    private static async Task RunHostAsync()
    {
        await using HonestServer server = await HonestServer.StartAsync();
        ServedFile served = server.Add(Path, Length);
        ResponseGate gate = served.HoldAt(1 << 20);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddHctef().AddRemoteFile("data", served.Uri);
        builder.Services.AddSingleton<Prefetcher>().AddHostedService(static services => services.GetRequiredService<Prefetcher>());
        using IHost host = builder.Build();
        await host.StartAsync();
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        Prefetcher prefetcher = host.Services.GetRequiredService<Prefetcher>();

        await host.StopAsync().WaitAsync(FileRig.HangGuard);
        await ((IAsyncDisposable)host).DisposeAsync().AsTask().WaitAsync(FileRig.HangGuard);

        Assert.True(prefetcher.ExecuteTask!.IsCompleted);
        Assert.IsAssignableFrom<OperationCanceledException>(prefetcher.Ended);
        await server.WhenIdle().WaitAsync(FileRig.HangGuard);
        Assert.False(gate.IsReleased);
    }

    /// <summary>Fetches ahead as a service does, with a stream beside that is read ahead of.</summary>
    private sealed class Prefetcher([FromKeyedServices("data")] IRemoteFile file) : BackgroundService
    {
        public Exception? Ended { get; private set; }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            try
            {
                await using RemoteFileStream stream = await file.OpenStreamAsync(stoppingToken);
                Task copying = stream.CopyToAsync(Stream.Null, stoppingToken);
                await file.PrefetchAsync([new ByteRange(0, Length)], stoppingToken);
                await copying;
            }
            catch (Exception failure)
            {
                Ended = failure;
            }
        }
    }
}
