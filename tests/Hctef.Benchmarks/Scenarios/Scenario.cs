using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>Something that is measured, on one network or several.</summary>
internal abstract class Scenario
{
    public abstract string Name { get; }

    public abstract string Title { get; }

    public virtual IReadOnlyList<string> Networks => ["L0", "L10", "L50"];

    public abstract Task<ScenarioResult> RunAsync(RunContext context, NetworkProfile network);
}
