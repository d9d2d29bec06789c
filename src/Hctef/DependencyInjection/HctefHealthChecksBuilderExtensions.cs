using Hctef;
using Hctef.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

// In this namespace, so that hosts find the methods without a further using directive.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health check of registered files.</summary>
public static class HctefHealthChecksBuilderExtensions
{
    private static readonly TimeSpan LongestProbeTimeout = TimeSpan.FromDays(1);

    /// <summary>Adds one health check of the registered files of all registrations.</summary>
    /// <remarks>
    /// <para>
    /// A file is healthy if its origin answers with the version that is open; degraded if it is open, but its origin fails in a way that may
    /// pass (what is cached can be read); and of <paramref name="failureStatus"/> if it cannot be opened, has changed or is gone. Without
    /// <see cref="HctefHealthCheckOptions.Probe"/> it is healthy unless its last opening has failed.
    /// </para>
    /// <para>
    /// The data tell for each file <c>NAME.opened</c>, <c>NAME.probe</c> (<c>ok</c>, or what failed), <c>NAME.lastError</c> and
    /// <c>NAME.lastErrorTime</c>, the kind and time of what failed last in opening it or fetching its bytes. They hold no URL, no message and
    /// no header.
    /// </para>
    /// </remarks>
    /// <param name="builder">The health checks to add to.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What a failure is reported as; <see cref="HealthStatus.Unhealthy"/> if null.</param>
    /// <param name="tags">Tags that the check is chosen by; may be null.</param>
    /// <param name="configure">Sets options; may be null.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="name"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="HctefHealthCheckOptions.ProbeTimeout"/> is not allowed.</exception>
    public static IHealthChecksBuilder AddHctef(
        this IHealthChecksBuilder builder,
        string name = "hctef",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        Action<HctefHealthCheckOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        var options = new HctefHealthCheckOptions();
        configure?.Invoke(options);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.ProbeTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.ProbeTimeout, LongestProbeTimeout);
        return builder.Add(new HealthCheckRegistration(
            name,
            services => new HctefHealthCheck(
                services, services.GetRequiredService<RemoteFileDirectory>(), options, services.GetRequiredService<TimeProvider>()),
            failureStatus,
            tags));
    }
}
