namespace Hctef;

/// <summary>
/// The names under which Hctef tells what it does: pass them to <c>AddMeter</c> and <c>AddSource</c> of OpenTelemetry. The README lists
/// instruments and tags. Neither they nor log messages carry queries, user information, headers or keys.
/// </summary>
public static class HctefDiagnostics
{
    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "Hctef";

    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/>.</summary>
    public const string ActivitySourceName = "Hctef";
}
