using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hctef.Tests.Files;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hctef.Tests.Diagnostics;

/// <summary>Listeners and loggers of the user that throw lose what they were told: files open, reads succeed, counts stay right.</summary>
public sealed class ThrowingListenerTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Length = 10 * Block;

    private FileRig _rig = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(
            static options => options.FileDefaults.PrefetchBytes = 0,
            register: static (builder, _) => builder.Services.AddLogging(static logging => logging.AddProvider(new ThrowingLogs())));
        _served = _rig.Server.Add("file.bin", Length);
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_metrics(bool sync)
    {
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == HctefDiagnostics.MeterName && !instrument.IsObservable)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => ThrowIfMine(tags));
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => ThrowIfMine(tags));
        listener.Start();
        await OpenAndReadAsync(sync);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Of_activities(bool atStart, bool sync)
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == HctefDiagnostics.ActivitySourceName,
            Sample = static (ref _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity => ThrowIf(atStart, activity),
            ActivityStopped = activity => ThrowIf(!atStart, activity),
        };
        ActivitySource.AddActivityListener(listener);
        Activity? caller = Activity.Current;
        await OpenAndReadAsync(sync);
        Assert.Same(caller, Activity.Current);

        void ThrowIf(bool throws, Activity activity)
        {
            if (throws)
                ThrowIfMine([.. activity.TagObjects]);
        }
    }

    [Fact]
    public async Task Of_logs_about_what_was_registered()
    {
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Hctef:Transport:MaxRedirects", "1")]).Build();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(new ThrowingLogs());
        builder.Services.AddHctef(configuration.GetSection("Hctef"))
            .AddRemoteFile(
                "missing",
                new Uri(_rig.Server.BaseUri, "nowhere"),
                file => (file.OpenAtStart, file.OnStartFailure) = (true, StartFailurePolicy.Warn));
        using IHost host = builder.Build();
        await host.StartAsync().WaitAsync(FileRig.HangGuard);

        // The options framework tells whoever reloads, too.
        configuration["Hctef:Transport:MaxRedirects"] = "99";
        _ = Record.Exception(configuration.Reload);
        using IRemoteFile file = await host.Services.GetRequiredService<IRangeReaderFactory>().OpenAsync(_served.Uri).WaitAsync(FileRig.HangGuard);
        await file.AssertReadsAsync(_served, 0, Block);
    }

    /// <summary>Other tests tell these listeners, too.</summary>
    private void ThrowIfMine(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach ((string key, object? value) in tags)
        {
            if (key == "server.port" && Equals(value, _rig.Server.BaseUri.Port))
                throw new InvalidOperationException("A listener of the user.");
        }
    }

    private async Task OpenAndReadAsync(bool sync)
    {
        using IRemoteFile file = await _rig.OpenAsync(_served);
        _served.BreakAt(Block + 100);
        await file.AssertReadsAsync(_served, 0, 2 * Block, sync);
        await _rig.WhenQuietAsync();
    }

    private sealed class ThrowingLogs : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => categoryName == nameof(Hctef) ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => throw new InvalidOperationException("A logger of the user.");

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // Not asked: it throws before.
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
