using System.Globalization;

namespace Hctef.Diagnostics;

/// <summary>Failures as OpenTelemetry's <c>error.type</c>: few values, and nothing of what was asked.</summary>
internal static class ErrorType
{
    /// <summary>Nobody wanted the bytes any more, or they may not be kept where they were asked for.</summary>
    public const string Cancelled = "cancelled";

    public static string Of(Exception failure) => failure switch
    {
        HctefNetworkException { StatusCode: { } status } => ((int)status).ToString(CultureInfo.InvariantCulture),
        HctefNetworkException { Error: var error } => Of(error),
        RangeNotSupportedException => "range_not_supported",
        RemoteFileChangedException => "changed",
        HctefUrlException => "url_refused",
        OperationCanceledException => Cancelled,
        _ => "other",
    };

    private static string Of(HctefNetworkError error) => error switch
    {
        HctefNetworkError.Connection => "connection",
        HctefNetworkError.Timeout => "timeout",
        HctefNetworkError.Status => "status",
        HctefNetworkError.Protocol => "protocol",
        HctefNetworkError.LimitExceeded => "limit_exceeded",
        _ => "other",
    };
}
