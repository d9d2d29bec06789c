using System.Globalization;
using OpenTelemetry.Metrics;

namespace Hctef.Tests.Diagnostics;

/// <summary>One point of a metric, as OpenTelemetry exports it. Histograms have their count as value.</summary>
internal sealed record ExportedPoint(string Name, string Unit, MetricType Type, long Value, IReadOnlyDictionary<string, string> Tags)
{
    public static ExportedPoint Of(Metric metric, MetricPoint point)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, object? value) in point.Tags)
            tags.Add(key, Convert.ToString(value, CultureInfo.InvariantCulture)!);
        long measured = metric.MetricType == MetricType.Histogram ? point.GetHistogramCount() : Sum(metric, point);
        return new ExportedPoint(metric.Name, metric.Unit, metric.MetricType, measured, tags);
    }

    public bool Has(string tag, object value) =>
        Tags.TryGetValue(tag, out string? mine) && mine == Convert.ToString(value, CultureInfo.InvariantCulture);

    private static long Sum(Metric metric, MetricPoint point) =>
        metric.MetricType is MetricType.LongGauge ? point.GetGaugeLastValueLong() : point.GetSumLong();
}
