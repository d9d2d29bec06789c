using System.Diagnostics;

namespace Hctef.Diagnostics;

/// <summary>What one fetch tells metrics and traces; nothing if nobody listens. Used by one thread at a time.</summary>
internal struct FetchTelemetry
{
    private readonly HctefMetrics? _metrics;
    private readonly ServerTags _server;
    private readonly TimeProvider _time;
    private readonly Activity? _activity;
    private readonly long? _begun;

    private FetchTelemetry(HctefMetrics metrics, ServerTags server, TimeProvider time, Activity? activity)
    {
        (_metrics, _server, _time, _activity) = (metrics, server, time, activity);
        _begun = metrics.MeasuresFetches ? time.GetTimestamp() : null;
    }

    public readonly bool HasBegun => _metrics is not null;

    /// <summary>The fetch begins: its activity is the current one from here on, for the caller's asynchronous flow.</summary>
    public static FetchTelemetry Begin(HctefMetrics metrics, ServerTags server, TimeProvider time, long start, long end)
    {
        metrics.FetchBegins(server);
        return new FetchTelemetry(metrics, server, time, HctefActivities.StartFetch(start, end, server));
    }

    /// <summary>The fetch goes on: its activity is the current one again, for the caller's asynchronous flow.</summary>
    public readonly void Resume()
    {
        if (_activity is not null)
        {
            Activity.Current = _activity;
        }
    }

    public readonly void Retries(int attempt, TimeSpan delay, bool resumes)
    {
        HctefActivities.Retries(_activity, attempt, delay);
        if (resumes)
        {
            _metrics?.BodyResumes(_server);
        }
    }

    /// <summary>The fetch has ended.</summary>
    /// <param name="failure">Why it brought less than it should.</param>
    /// <param name="cancelled">Whether nobody wanted the rest.</param>
    public readonly void End(Exception? failure, bool cancelled)
    {
        string? error = failure is null ? null : cancelled ? ErrorType.Cancelled : ErrorType.Of(failure);
        _metrics?.FetchEnds(_server, _begun is { } begun ? _time.GetElapsedTime(begun).TotalSeconds : null, error);
        if (_activity is null)
        {
            return;
        }

        if (failure is not null)
        {
            HctefActivities.Failed(_activity, error!, cancelled ? null : failure.Message);
        }

        HctefActivities.End(_activity);
    }
}
