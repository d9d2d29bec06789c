namespace Hctef;

/// <summary>Every built-in default, in one place.</summary>
internal static class HctefDefaults
{
    public const int BlockBytes = 16 * 1024;
    public const long MaxMemoryBytes = 256L * 1024 * 1024;

    /// <summary>The memory of a cache of which nothing is said.</summary>
    public static long MemoryBytes => Math.Min(MaxMemoryBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    public const long MaxDiskBytes = 4L * 1024 * 1024 * 1024;
    public const long MinFreeDiskBytes = 1024L * 1024 * 1024;
    public const int ChunkBytes = 128 * 1024;

    public const long PrefetchBytes = 1024 * 1024;
    public const PrefetchDirection Direction = PrefetchDirection.End;
    public const int MinimumRangeRequestBytes = 8192;

    /// <summary>What the opening request asks of the end at most: a tail arrives last byte last, so a larger one is later.</summary>
    public const int OpenSuffixBytes = 64 * 1024;

    public const int MaxConcurrencyPerHost = 64;

    /// <summary>How many requests a host may have under way before anything is known of it.</summary>
    public const int InitialConcurrency = 16;

    /// <summary>How many requests that readers wait for go out at once to a host that has not been found to mind.</summary>
    public const int DemandBurst = 64;

    public const int MaxRedirects = 10;
    public const int MaxRetries = 5;

    /// <summary>How many requests to one host are repeated in any case, within ten to twenty seconds: as many as a burst has.</summary>
    public const int HostRetryReserve = DemandBurst;

    /// <summary>After so many failures in a row a host is left alone for a while: four readers' retries, and no fewer than this.</summary>
    public const int LeastFailuresOfHost = 20;

    /// <summary>A body that brings less than this over an idle timeout's waiting is as good as silent.</summary>
    public const int LeastBytesPerSecond = 100;

    /// <summary>What is assumed of a host until it has been measured: bytes per second of one reply.</summary>
    public const double AssumedBytesPerSecond = 25e6;

    /// <summary>What is assumed of a host until it has been measured.</summary>
    public static readonly TimeSpan AssumedLatency = TimeSpan.FromMilliseconds(20);

    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan FirstByteTimeout = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan RetryBaseDelay = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan RetryMaxDelay = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan StoreReadTimeout = TimeSpan.FromMilliseconds(50);
    public static readonly TimeSpan StoreTimeToLive = TimeSpan.FromDays(1);

    /// <summary>How long a host that has failed so often is not asked.</summary>
    public static readonly TimeSpan HostRest = TimeSpan.FromSeconds(5);

    /// <summary>How long failures are remembered of a host that nobody asks; longer than retries wait.</summary>
    public static readonly TimeSpan HostFailureMemory = TimeSpan.FromSeconds(20);

    /// <summary>How long a cancelled request or receive may take to end before those who wait for it are failed without it.</summary>
    public static readonly TimeSpan CancellationGrace = TimeSpan.FromSeconds(5);

    /// <summary>How long a reply that nobody wants any more may take at least to end, for its connection to be used again.</summary>
    public static readonly TimeSpan LeastDrainTime = TimeSpan.FromMilliseconds(50);

    /// <summary>How long it may take at most, however far the host is.</summary>
    public static readonly TimeSpan MostDrainTime = TimeSpan.FromSeconds(1);

    /// <summary>How long a health check waits for an origin.</summary>
    public static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan PooledConnectionLifetime = TimeSpan.FromMinutes(2);
}
