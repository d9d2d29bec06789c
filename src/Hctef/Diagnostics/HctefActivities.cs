using System.Diagnostics;

namespace Hctef.Diagnostics;

/// <summary>One activity for each opening and each logical fetch; HttpClient adds its own to them, one for each request.</summary>
internal static class HctefActivities
{
    private static readonly ActivitySource Source = new(
        HctefDiagnostics.ActivitySourceName, typeof(HctefActivities).Assembly.GetName().Version?.ToString(3));

    public static Activity? StartOpen(string redactedUrl, ServerTags server) =>
        Source.HasListeners()
            ? Source.StartActivity(ActivityKind.Internal, tags: [new(TelemetryNames.Url, redactedUrl), server.Address, server.Port], name: "hctef.open")
            : null;

    public static Activity? StartFetch(long start, long end, ServerTags server) =>
        Source.HasListeners()
            ? Source.StartActivity(
                ActivityKind.Internal,
                tags: [new(TelemetryNames.RangeOffset, start), new(TelemetryNames.RangeLength, end - start), server.Address, server.Port],
                name: "hctef.fetch")
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
}
