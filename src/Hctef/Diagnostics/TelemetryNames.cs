namespace Hctef.Diagnostics;

/// <summary>Tags of metrics and activities; those without prefix are OpenTelemetry's own.</summary>
internal static class TelemetryNames
{
    public const string ServerAddress = "server.address";
    public const string ServerPort = "server.port";
    public const string ErrorType = "error.type";
    public const string IoDirection = "network.io.direction";
    public const string DiskIoDirection = "disk.io.direction";
    public const string Url = "url.full";
    public const string Registration = "hctef.name";
    public const string CacheResult = "hctef.cache.result";
    public const string Tier = "hctef.tier";
    public const string TierResult = "hctef.tier.result";
    public const string RangeOffset = "hctef.range.offset";
    public const string RangeLength = "hctef.range.length";
    public const string FileLength = "hctef.file.length";
    public const string FileConsistency = "hctef.file.consistency";
    public const string RetryAttempt = "hctef.retry.attempt";
    public const string RetryDelay = "hctef.retry.delay";
}
