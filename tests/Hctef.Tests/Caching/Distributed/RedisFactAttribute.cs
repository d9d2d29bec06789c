namespace Hctef.Tests.Caching.Distributed;

/// <summary>A test that needs a running Redis: its host and port are in HCTEF_REDIS, which .ci/run sets.</summary>
internal sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute()
    {
        if (Address is null)
            Skip = "Not run: HCTEF_REDIS names no Redis (host:port).";
    }

    public static string? Address => Environment.GetEnvironmentVariable("HCTEF_REDIS") is { Length: > 0 } address ? address : null;
}
