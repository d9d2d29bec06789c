using Microsoft.Extensions.Logging;

namespace Hctef.Diagnostics;

/// <summary>Every log message, with its stable event id. URLs are redacted by the caller.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Retry {Attempt} of {Url} in {Delay}: {Reason}")]
    public static partial void Retrying(ILogger logger, string url, int attempt, TimeSpan delay, string reason);

    [LoggerMessage(
        EventId = 2,
        Level = LogLevel.Error,
        Message = "A receive from {Url} did not end {Grace} after it was cancelled; its memory is not used while it lasts")]
    public static partial void ReceiveQuarantined(ILogger logger, string url, TimeSpan grace);

    [LoggerMessage(
        EventId = 3,
        Level = LogLevel.Information,
        Message = "{Origin} does not serve suffix ranges ({Reason}); closed ranges are asked from now on")]
    public static partial void SuffixRefused(ILogger logger, string origin, string reason);

    [LoggerMessage(
        EventId = 20,
        Level = LogLevel.Information,
        Message = "{Origin} answers 412 to the right entity tag; If-Match is not sent to it from now on")]
    public static partial void IfMatchRefused(ILogger logger, string origin);

    [LoggerMessage(EventId = 21, Level = LogLevel.Information, Message = "{Url} is asked again: {Reason}")]
    public static partial void SecondChance(ILogger logger, string url, string reason);
}
