using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace WebService;

/// <summary>
/// The metrics of Hctef and of the HttpClient, as text that Prometheus reads. A service would rather have OpenTelemetry export them; this
/// shows what there is without a further package.
/// </summary>
internal sealed class RecordedMetrics : IDisposable
{
    private static readonly string[] Meters = ["Hctef", "System.Net.Http"];

    private readonly ConcurrentDictionary<string, double> _values = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public RecordedMetrics()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (Meters.Contains(instrument.Meter.Name, StringComparer.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>One line a value, sorted: counters as they stand, histograms as sum and count.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach ((string series, double value) in _values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"{series} {value}\n");
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string name = instrument.Name.Replace('.', '_');
        string labels = Labels(tags);
        if (instrument.IsObservable || instrument is Gauge<int> or Gauge<long> or Gauge<double>)
        {
            _values[name + labels] = value;
        }
        else if (instrument is Histogram<int> or Histogram<long> or Histogram<double>)
        {
            Add(name + "_sum" + labels, value);
            Add(name + "_count" + labels, 1);
        }
        else
        {
            Add(name + labels, value);
        }
    }

    private void Add(string series, double value) => _values.AddOrUpdate(series, value, (_, sum) => sum + value);

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var text = new StringBuilder("{");
        foreach ((string key, object? value) in tags)
        {
            string escaped = $"{value}".Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            text.Append(text.Length > 1 ? "," : "").Append(CultureInfo.InvariantCulture, $"{key.Replace('.', '_')}=\"{escaped}\"");
        }

        return text.Append('}').ToString();
    }
}
