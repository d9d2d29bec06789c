namespace Hctef.Diagnostics;

/// <summary>
/// A failure in words that anybody may read: which exception, and of which kind or status. No message, since that names hosts and paths.
/// </summary>
internal static class FailureKind
{
    public static string Of(Exception failure) => failure switch
    {
        HctefNetworkException { StatusCode: { } status } => Of(failure, $"{HctefNetworkError.Status} {(int)status}"),
        HctefNetworkException network => Of(failure, network.Error.ToString()),
        RangeNotSupportedException ranges => Of(failure, ranges.Reason.ToString()),
        _ => failure.GetType().Name,
    };

    private static string Of(Exception failure, string detail) => $"{failure.GetType().Name} ({detail})";
}
