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

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "Resuming {Url} at byte {Offset} (retry {Attempt}) in {Delay}: {Reason}")]
    public static partial void Resuming(ILogger logger, string url, long offset, int attempt, TimeSpan delay, string reason);

    [LoggerMessage(EventId = 5, Level = LogLevel.Warning, Message = "The file has changed: {Reason}")]
    public static partial void Changed(ILogger logger, string reason);

    [LoggerMessage(EventId = 6, Level = LogLevel.Warning, Message = "{Url} is open in another version now: {Length} bytes, {Consistency}")]
    public static partial void Reopened(ILogger logger, string url, long length, RemoteFileConsistency consistency);

    [LoggerMessage(EventId = 7, Level = LogLevel.Warning, Message = "Refused: {Reason}")]
    public static partial void Refused(ILogger logger, string reason);

    [LoggerMessage(EventId = 8, Level = LogLevel.Debug, Message = "Opened {Url}: {Length} bytes, {Consistency}")]
    public static partial void Opened(ILogger logger, string url, long length, RemoteFileConsistency consistency);

    [LoggerMessage(EventId = 9, Level = LogLevel.Debug, Message = "Fetching bytes {Start} to {End} failed: {Reason}")]
    public static partial void FetchFailed(ILogger logger, long start, long end, string reason);

    [LoggerMessage(
        EventId = 20,
        Level = LogLevel.Information,
        Message = "{Origin} answers 412 to the right entity tag; If-Match is not sent to it from now on")]
    public static partial void IfMatchRefused(ILogger logger, string origin);

    [LoggerMessage(EventId = 21, Level = LogLevel.Information, Message = "{Url} is asked again: {Reason}")]
    public static partial void SecondChance(ILogger logger, string url, string reason);

    [LoggerMessage(
        EventId = 30,
        Level = LogLevel.Information,
        Message = "The HTTP client '{Client}' has a resilience handler: requests that fail are repeated by it alone, bodies that break by Hctef")]
    public static partial void RetriesLeftToHandler(ILogger logger, string client);

    [LoggerMessage(
        EventId = 31,
        Level = LogLevel.Warning,
        Message = "The circuit breaker of the resilience handler on the HTTP client '{Client}' refused {Origin}, of which nothing has failed: it "
            + "is shared with other hosts or clients, and one that fails stops all. Select pipelines by authority (SelectPipelineByAuthority), "
            + "or give this client a handler of its own")]
    public static partial void SharedCircuitBreaker(ILogger logger, string client, string origin);

    [LoggerMessage(EventId = 32, Level = LogLevel.Warning, Message = "The remote file '{Name}' could not be opened at start: {Reason}")]
    public static partial void NotOpenedAtStart(ILogger logger, string name, string reason);

    [LoggerMessage(
        EventId = 33,
        Level = LogLevel.Warning,
        Message = "The reloaded options of '{Registration}' are wrong, and those before stay in use: {Reason}")]
    public static partial void ReloadRefused(ILogger logger, string registration, string reason);

    [LoggerMessage(EventId = 40, Level = LogLevel.Warning, Message = "The disk cache is off: {Reason} (HctefOptions.Cache.Disk.Path)")]
    public static partial void DiskCacheRefused(ILogger logger, string reason);

    [LoggerMessage(
        EventId = 41,
        Level = LogLevel.Warning,
        Message = "{Activity} rests for {Duration} in the disk cache at '{Folder}', and files are read without it meanwhile: {Reason}")]
    public static partial void DiskCacheResting(ILogger logger, string folder, string activity, TimeSpan duration, string reason);

    [LoggerMessage(EventId = 42, Level = LogLevel.Information, Message = "'{Path}' of the disk cache is damaged and is deleted")]
    public static partial void DiskCacheDamaged(ILogger logger, string path);

    [LoggerMessage(
        EventId = 45,
        Level = LogLevel.Warning,
        Message = "The distributed cache does not serve {Operations} and rests for {Rest}, longer while it goes on: {Reason}")]
    public static partial void StoreRests(ILogger logger, string operations, TimeSpan rest, string reason);

    [LoggerMessage(EventId = 46, Level = LogLevel.Information, Message = "The distributed cache serves {Operations} again")]
    public static partial void StoreAnswers(ILogger logger, string operations);

    [LoggerMessage(
        EventId = 47,
        Level = LogLevel.Warning,
        Message = "A file could not be dropped from the distributed cache, and others may still read it there: {Reason}")]
    public static partial void StoreNotEvicted(ILogger logger, string reason);

    [LoggerMessage(
        EventId = 48,
        Level = LogLevel.Debug,
        Message = "A value of the distributed cache ({Kind}) is not what was written there, and is not taken")]
    public static partial void StoreValueRejected(ILogger logger, string kind);
}
