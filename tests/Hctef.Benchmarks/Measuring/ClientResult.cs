namespace Hctef.Benchmarks.Measuring;

/// <summary>The medians of several runs by one client.</summary>
internal sealed record ClientResult(
    double Seconds, double Requests, double BodyBytes, double MaxConcurrency, double Connections, double PeakMemory,
    double HeldMemory, Extras Extras, int Runs)
{
    public static ClientResult Of(IReadOnlyList<RunMeasurement> runs) => new(
        Median.Of(runs.Select(run => run.Seconds)),
        Median.Of(runs.Select(run => (double)run.Counts.Requests)),
        Median.Of(runs.Select(run => (double)run.Counts.BodyBytes)),
        Median.Of(runs.Select(run => (double)run.Counts.MaxConcurrency)),
        Median.Of(runs.Select(run => (double)run.Counts.Connections)),
        Median.Of(runs.Select(run => (double)run.PeakMemory)),
        Median.Of(runs.Select(run => (double)run.HeldMemory)),
        Extras.MedianOf([.. runs.Select(run => run.Extras)]),
        runs.Count);
}
