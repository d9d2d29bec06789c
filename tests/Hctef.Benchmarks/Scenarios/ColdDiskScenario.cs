using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>A first pass with the disk tier, which keeps what comes, beside one without: readers must not pay for those to come.</summary>
internal sealed class ColdDiskScenario : WholeFileScenario, IDisposable
{
    private const double MostOfMemoryOnly = 1.05;

    private readonly DiskFolder _folder = new();

    public override string Name => "cold-disk";

    public override string Title => "Sequential 256 MiB, first pass with the disk tier";

    protected override bool HasLocal => false;

    protected override string? Yardstick => "without the disk tier";

    public void Dispose() => _folder.Dispose();

    protected override bool HasHttpClient(NetworkProfile network) => false;

    protected override void Configure(HctefOptions options) => options.Cache.Disk.Path = _folder.Next();

    protected override void ConfigureYardstick(HctefOptions options)
    {
        // The defaults: memory alone.
    }

    protected override Task RunYardstickAsync(HctefClient client) => RunAsync(client);

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        yield return Goal.AtMost("time / time without the tier, run by run", result.YardstickRatio!.Value, MostOfMemoryOnly);
    }
}
