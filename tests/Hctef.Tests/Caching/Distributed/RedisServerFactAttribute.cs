using Hctef.TestServer.Redis;

namespace Hctef.Tests.Caching.Distributed;

/// <summary>A test that starts a Redis of its own, and must run where there has to be one.</summary>
internal sealed class RedisServerFactAttribute : FactAttribute
{
    public RedisServerFactAttribute()
    {
        if (RedisFactAttribute.Address is null && RedisServerProcess.Executable is null)
            Skip = "Not run: there is no redis-server in PATH, and HCTEF_REDIS_SERVER names none.";
    }
}
