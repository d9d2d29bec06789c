namespace Hctef.Benchmarks.Measuring;

/// <summary>
/// What Hctef may hold: the cache's budget, 64 KiB for each request under way, and what the connections keep for themselves.
/// </summary>
internal static class MemoryBound
{
    private const long BytesPerRequest = 64 * 1024;
    private const long Connections = 2 << 20;

    public static Goal Judge(ClientResult hctef, HctefOptions options)
    {
        double bound = (options.Cache.MemoryBytes ?? HctefDefaults.MaxMemoryBytes) + (hctef.MaxConcurrency * BytesPerRequest) + Connections;
        return Goal.AtMost("memory held after the run / (budget + in flight)", hctef.HeldMemory / bound, 1);
    }
}
