namespace Hctef.Diagnostics;

/// <summary>A tier below the memory, for metrics.</summary>
/// <param name="Name">What its measurements are tagged with.</param>
/// <param name="Counters">What it has done.</param>
internal readonly record struct MeasuredTier(string Name, TierCounters Counters);
