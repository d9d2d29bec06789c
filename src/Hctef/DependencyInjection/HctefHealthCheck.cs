using Hctef.Diagnostics;
using Hctef.Files;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hctef.DependencyInjection;

/// <summary>Tells how registered files are. Holds nothing between two checks; several may run at once.</summary>
internal sealed class HctefHealthCheck(
    IServiceProvider services, RemoteFileDirectory directory, HctefHealthCheckOptions options, TimeProvider time) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        string[] names = options.Files.Count > 0 ? [.. options.Files] : [.. directory.Names];
        RemoteFileHealth[] files = await Task
            .WhenAll(names.Select(name => ExamineAsync(name, context.Registration.FailureStatus, cancellationToken)))
            .ConfigureAwait(false);

        HealthStatus status = files.Select(file => file.Status).DefaultIfEmpty(HealthStatus.Healthy).Min();
        int healthy = files.Count(file => file.Status == HealthStatus.Healthy);
        var data = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        foreach (RemoteFileHealth file in files)
            file.Describe(data);
        return new HealthCheckResult(status, $"{healthy} of {files.Length} remote files are healthy.", data: data);
    }

    private async Task<RemoteFileHealth> ExamineAsync(string name, HealthStatus failureStatus, CancellationToken cancellationToken)
    {
        IRemoteFile file = services.GetRequiredKeyedService<IRemoteFile>(name);

        // Files that the application has put in the place of registered ones are open as they are.
        var registered = file as RegisteredRemoteFile;
        bool wasOpen = registered?.IsOpen ?? true;
        Exception? failure = options.Probe ? await ProbeAsync(file, wasOpen, cancellationToken).ConfigureAwait(false) : null;
        bool isOpen = registered?.IsOpen ?? true;
        LastFailure? last = registered?.LastFailure;
        bool hasFailed = failure is not null || (!isOpen && last is not null);
        return new RemoteFileHealth(name)
        {
            IsOpen = isOpen,
            Probe = options.Probe ? failure is null ? "ok" : FailureKind.Of(failure) : null,
            LastFailure = last,
            Status = !hasFailed ? HealthStatus.Healthy : isOpen && MayPass(failure) ? Milder(failureStatus) : failureStatus,
        };
    }

    /// <summary>Asks the origin; what failed, or null.</summary>
    private async Task<Exception?> ProbeAsync(IRemoteFile file, bool isOpen, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.ProbeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            // Opening asks the origin as well.
            _ = isOpen
                ? await file.RevalidateAsync(either.Token).ConfigureAwait(false)
                : await file.GetInfoAsync(either.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException cancelled) when (deadline.IsCancellationRequested)
        {
            return new HctefNetworkException(
                HctefNetworkError.Timeout, "The origin did not answer the probe in time.", cancelled, isTransient: true);
        }
        catch (Exception failure)
        {
            // Whatever it is: its message would be published by the health report.
            return failure;
        }
    }

    private static bool MayPass(Exception? failure) => failure is HctefNetworkException { IsTransient: true };

    private static HealthStatus Milder(HealthStatus failureStatus) =>
        failureStatus == HealthStatus.Unhealthy ? HealthStatus.Degraded : failureStatus;
}
