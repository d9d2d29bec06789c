namespace Hctef.Benchmarks.Measuring;

/// <summary>
/// What Hctef may hold: the cache's budget, 64 KiB for each request under way, what the connections keep for themselves, and what tiers
/// below the memory have yet to write.
/// </summary>
internal static class MemoryBound
{
    private const long BytesPerRequest = 64 * 1024;
    private const long Connections = 2 << 20;
    private const long DiskBuffer = 32 << 20;
    private const long StoreBuffer = 48 << 20;

    public static Goal Judge(ClientResult hctef, HctefOptions options)
    {
        long tiers = (options.Cache.Disk.Path is null ? 0 : DiskBuffer) + (options.Cache.Distributed.Enabled ? StoreBuffer : 0);
        double bound = tiers + (options.Cache.MemoryBytes ?? HctefDefaults.MaxMemoryBytes) + (hctef.MaxConcurrency * BytesPerRequest) + Connections;
        return Goal.AtMost("memory held after the run / (budget + in flight)", hctef.HeldMemory / bound, 1);
    }
}
