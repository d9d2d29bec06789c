using System.Diagnostics;

namespace Hctef.Diagnostics;

/// <summary>
/// One activity for each opening and each logical fetch; HttpClient adds its own to them, one for each request. A listener that throws
/// loses an activity, and nothing else.
/// </summary>
internal static class HctefActivities
{
    private static readonly ActivitySource Source = new(
        HctefDiagnostics.ActivitySourceName, typeof(HctefActivities).Assembly.GetName().Version?.ToString(3));

    private static long LostActivities;

    /// <summary>Activities whose listener has thrown.</summary>
    public static long Lost => Interlocked.Read(ref LostActivities);

    public static Activity? StartOpen(string redactedUrl, ServerTags server) =>
        Source.HasListeners()
            ? Start("hctef.open", [new(TelemetryNames.Url, redactedUrl), server.Address, server.Port])
            : null;

    public static Activity? StartFetch(long start, long end, ServerTags server) =>
        Source.HasListeners()
            ? Start(
                "hctef.fetch",
                [new(TelemetryNames.RangeOffset, start), new(TelemetryNames.RangeLength, end - start), server.Address, server.Port])
            : null;

    public static void Opened(Activity? activity, RemoteFileInfo info) => activity?
        .SetTag(TelemetryNames.FileLength, info.Length)
        .SetTag(TelemetryNames.FileConsistency, info.Consistency.ToString());

    public static void Retries(Activity? activity, int attempt, TimeSpan delay) => activity?.AddEvent(new ActivityEvent(
        "hctef.retry",
        tags: new ActivityTagsCollection { [TelemetryNames.RetryAttempt] = attempt, [TelemetryNames.RetryDelay] = delay.TotalSeconds }));

    /// <summary>Notes why what the activity stands for came to nothing; without a message it is nobody's fault.</summary>
    public static void Failed(Activity? activity, string error, string? message)
    {
        activity?.SetTag(TelemetryNames.ErrorType, error);
        if (message is not null)
        {
            activity?.SetStatus(ActivityStatusCode.Error, message);
        }
    }

    public static void End(Activity? activity)
    {
        try
        {
            activity?.Dispose();
        }
        catch (Exception)
        {
            Interlocked.Increment(ref LostActivities);
        }
    }

    private static Activity? Start(string name, KeyValuePair<string, object?>[] tags)
    {
        Activity? outer = Activity.Current;
        try
        {
            return Source.StartActivity(ActivityKind.Internal, tags: tags, name: name);
        }
        catch (Exception)
        {
            // Maybe the activity was the current one already.
            Interlocked.Increment(ref LostActivities);
            Activity.Current = outer;
            return null;
        }
    }
}
