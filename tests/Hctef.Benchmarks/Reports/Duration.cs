using System.Globalization;

namespace Hctef.Benchmarks.Reports;

/// <summary>Seconds in the unit that suits them.</summary>
internal static class Duration
{
    public static string Text(double seconds) => seconds switch
    {
        >= 0.9995 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.000} s"),
        >= 0.9995e-3 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.00} ms"),
        >= 0.9995e-6 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0.00} µs"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e9:0.0} ns"),
    };
}
