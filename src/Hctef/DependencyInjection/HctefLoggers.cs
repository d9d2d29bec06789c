using Hctef.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hctef.DependencyInjection;

/// <summary>Where log messages go: to the loggers of the container, or nowhere if it has none.</summary>
internal static class HctefLoggers
{
    public static ILoggerFactory GetFactory(IServiceProvider services) =>
        services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;

    /// <summary>Creates the logger of the category <c>Hctef</c>.</summary>
    public static ILogger Create(IServiceProvider services) => new CarefulLogger(GetFactory(services).CreateLogger(nameof(Hctef)));
}
