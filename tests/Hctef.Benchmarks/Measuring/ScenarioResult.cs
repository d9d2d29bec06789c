namespace Hctef.Benchmarks.Measuring;

/// <summary>One scenario on one network: Hctef, and what stands beside it (null = does not apply).</summary>
internal sealed record ScenarioResult(string Scenario, string Title, string Network)
{
    public ClientResult? Hctef { get; init; }

    public ClientResult? HttpClient { get; init; }

    /// <summary>Hctef in easier circumstances, which the title names.</summary>
    public ClientResult? Yardstick { get; init; }

    public string? YardstickTitle { get; init; }

    /// <summary>
    /// The median of the ratios of each run to the run of the yardstick beside it: what the machine does at the time concerns both.
    /// </summary>
    public double? YardstickRatio { get; init; }

    public double? LocalSeconds { get; init; }

    /// <summary>Seconds: connect + one latency per dependent step + distinct bytes over the connections in use.</summary>
    public double? Demand { get; init; }

    /// <summary>Seconds: connect + one latency + distinct bytes over 8 connections.</summary>
    public double? Oracle { get; init; }

    public IReadOnlyList<Goal> Goals { get; init; } = [];
}
