using Microsoft.Extensions.Logging;

namespace Hctef.AspNetCore.Endpoints;

/// <summary>Every log message of this package, with its stable event id. Messages of Hctef's exceptions hold redacted URLs only.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The remote file '{Name}' was answered with {Status}: {Reason}")]
    public static partial void Failed(ILogger logger, string name, int status, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "A reply of the remote file '{Name}' was aborted: {Reason}")]
    public static partial void Aborted(ILogger logger, string name, string reason);
}
