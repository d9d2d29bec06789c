using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Measuring;

/// <summary>One run of a scenario by one client.</summary>
internal sealed record RunMeasurement(double Seconds, ServerCounts Counts, long PeakMemory, long HeldMemory, Extras Extras);
