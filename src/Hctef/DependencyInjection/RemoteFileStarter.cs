using Hctef.Diagnostics;
using Hctef.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hctef.DependencyInjection;

/// <summary>
/// Opens the files that are to be open when a host has started (<see cref="RemoteFileOptions.OpenAtStart"/>), side by side and before any
/// service starts. It does nothing where no host runs it.
/// </summary>
internal sealed class RemoteFileStarter(IEnumerable<HctefRegistration> registrations, IServiceProvider services) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        Task<HctefException?>[] openings = [.. registrations.SelectMany(registration => Open(registration, cancellationToken))];
        HctefException[] failures = [.. (await Task.WhenAll(openings).ConfigureAwait(false)).OfType<HctefException>()];
        if (failures.Length > 0)
        {
            throw new HctefException(
                string.Join(' ', failures.Select(static failure => failure.Message)),
                failures.Length == 1 ? failures[0].InnerException : new AggregateException(failures));
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Task<HctefException?>[] Open(HctefRegistration registration, CancellationToken cancellationToken)
    {
        HctefOptions options = registration.GetService<HctefOptionsSource>(services).Current;
        RemoteFileOptions defaults = options.FileDefaults;
        return
        [
            .. options.Files
                .Where(file => file.Value.OpenAtStart ?? defaults.OpenAtStart ?? false)
                .Select(file => OpenAsync(file.Key, file.Value.OnStartFailure ?? defaults.OnStartFailure ?? default, cancellationToken)),
        ];
    }

    /// <summary>Opens a file as its first user would, so that a test double of its name is what opens.</summary>
    /// <returns>Why the host is not to start; null if it may.</returns>
    private async Task<HctefException?> OpenAsync(string name, StartFailurePolicy onFailure, CancellationToken cancellationToken)
    {
        try
        {
            await services.GetRequiredKeyedService<IRemoteFile>(name).GetInfoAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (HctefException e) when (onFailure == StartFailurePolicy.Warn)
        {
            Log.NotOpenedAtStart(HctefLoggers.Create(services), name, e.Message);
            return null;
        }
        catch (HctefException e)
        {
            return new HctefException($"The remote file '{name}' could not be opened at start: {e.Message}", e);
        }
    }
}
