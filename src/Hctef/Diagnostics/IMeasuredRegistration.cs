namespace Hctef.Diagnostics;

/// <summary>What a registration tells whenever metrics are collected.</summary>
internal interface IMeasuredRegistration
{
    /// <summary>Its name; empty for the default one.</summary>
    string Name { get; }

    CounterTotals Totals { get; }

    /// <summary>Bytes of the cache that hold blocks, or are reserved for some.</summary>
    long CacheUsage { get; }

    /// <summary>The most that there may be.</summary>
    long CacheLimit { get; }

    /// <summary>Blocks that had to go for others.</summary>
    long CacheEvictions { get; }

    /// <summary>The tiers below the memory; none by default.</summary>
    IReadOnlyList<MeasuredTier> MeasuredTiers { get; }
}
