using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Hctef.Tests.Diagnostics;

/// <summary>OpenTelemetry's own SDK, exporting to memory what a registration of one name, or on one server, has told.</summary>
internal sealed class ExportedTelemetry : IDisposable
{
    private readonly MetricMemory _metrics = new();
    private readonly ActivityMemory _activities = new();
    private readonly MeterProvider _meters;
    private readonly TracerProvider _tracers;

    public ExportedTelemetry()
    {
        _meters = Sdk.CreateMeterProviderBuilder()
            .AddMeter(HctefDiagnostics.MeterName)
            .AddReader(new BaseExportingMetricReader(_metrics))
            .Build();
        _tracers = Sdk.CreateTracerProviderBuilder()
            .AddSource(HctefDiagnostics.ActivitySourceName)
            .AddProcessor(new SimpleActivityExportProcessor(_activities))
            .Build();
    }

    public Activity[] Activities => [.. _activities.Ended];

    /// <summary>All points there are now.</summary>
    public ExportedPoint[] Collect()
    {
        _metrics.Points.Clear();
        Assert.True(_meters.ForceFlush());
        return [.. _metrics.Points];
    }

    public void Dispose()
    {
        _meters.Dispose();
        _tracers.Dispose();
    }

    private sealed class ActivityMemory : BaseExporter<Activity>
    {
        public ConcurrentQueue<Activity> Ended { get; } = new();

        public override ExportResult Export(in Batch<Activity> batch)
        {
            foreach (Activity activity in batch)
                Ended.Enqueue(activity);
            return ExportResult.Success;
        }
    }

    private sealed class MetricMemory : BaseExporter<Metric>
    {
        public ConcurrentQueue<ExportedPoint> Points { get; } = new();

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (Metric metric in batch)
            {
                foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
                    Points.Enqueue(ExportedPoint.Of(metric, point));
            }

            return ExportResult.Success;
        }
    }
}
