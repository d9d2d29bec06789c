using Hctef.Files;
using Hctef.Tests.Fetching;
using Hctef.Tests.Files;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Tiers;

/// <summary>A container of its own beside others, as on a machine of its own; what they share is a store.</summary>
internal sealed class Machine : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public Machine(IDistributedCache store, Action<HctefOptions>? configure = null, Action<IHctefBuilder>? register = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(store);

        // Time stands still: closing waits until all is written, however slow the real machine is.
        services.AddSingleton<TimeProvider>(new ManualTimeProvider());
        IHctefBuilder builder = services
            .AddHctef(options =>
            {
                options.FileDefaults.ReadaheadBytes = 0;
                configure?.Invoke(options);
            })
            .UseDistributedCache(static distributed => distributed.ReadTimeout = TimeSpan.FromMinutes(1));
        register?.Invoke(builder);
        _services = services.BuildServiceProvider();
    }

    public IRangeReaderFactory Files => _services.GetRequiredService<IRangeReaderFactory>();

    public Task<IRemoteFile> OpenAsync(Uri uri, Action<RemoteFileOptions>? configure = null)
    {
        // An origin that is far away: the store is asked first.
        _services.GetRequiredService<HctefEngine>().Hosts.Get(uri).Costs = new FixedCosts { Latency = TimeSpan.FromHours(1) };
        var options = new RemoteFileOptions();
        configure?.Invoke(options);
        return Files.OpenAsync(uri, options).WaitAsync(FileRig.HangGuard);
    }

    /// <summary>Ends when all that waits to be written is written.</summary>
    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
