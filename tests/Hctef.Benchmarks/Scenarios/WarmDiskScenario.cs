using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>A file that an earlier run has read with the disk tier: the origin is asked whether it is still the same, and nothing else.</summary>
internal sealed class WarmDiskScenario : WholeFileScenario, IDisposable
{
    private const double LeastBytesPerSecond = 1e9;

    private readonly DiskFolder _folder = new();

    public override string Name => "warm-disk";

    public override string Title => "Sequential 256 MiB, warm from disk";

    public void Dispose() => _folder.Dispose();

    protected override void Configure(HctefOptions options) => options.Cache.Disk.Path = _folder.Shared;

    protected override async Task SetUpAsync(ServerProcess server)
    {
        await using var client = new HctefClient(server, Configure);
        await RunAsync(client);
    }

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        yield return Goal.AtMost("requests", result.Hctef!.Requests, 1);
        double share = result.LocalSeconds is { } local ? local / result.Hctef.Seconds : 0;
        double gigabytes = ServerFiles.DataBytes / result.Hctef.Seconds / LeastBytesPerSecond;
        yield return Goal.AtLeastOf("GB/s, or twice the share of plain reads of a file", Math.Max(gigabytes, 2 * share), 1);
    }
}
