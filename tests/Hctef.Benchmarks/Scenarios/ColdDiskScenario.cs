using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>A first pass with the disk tier, which keeps what comes, beside one without: readers must not pay for those to come.</summary>
/// <param name="isFull">Whether memory is full of another file before, which the tier has kept.</param>
internal sealed class ColdDiskScenario(bool isFull) : WholeFileScenario, IDisposable
{
    private const double MostOfMemoryOnly = 1.05;

    /// <summary>Until the other file is written: what is deferred waits for 200 ms, what was turned down is written with it.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    private readonly DiskFolder _folder = new();

    public override string Name => isFull ? "cold-disk-full" : "cold-disk";

    public override string Title =>
        isFull ? "The same where memory was full of another file" : "Sequential 256 MiB, first pass with the disk tier";

    protected override bool HasLocal => false;

    protected override string? Yardstick => "without the disk tier";

    public void Dispose() => _folder.Dispose();

    protected override bool HasHttpClient(NetworkProfile network) => false;

    protected override void Configure(HctefOptions options) => options.Cache.Disk.Path = _folder.Next();

    protected override void ConfigureYardstick(HctefOptions options)
    {
        // The defaults: memory alone.
    }

    protected override async Task PrepareAsync(HctefClient client)
    {
        if (isFull)
        {
            using IRemoteFile other = await client.OpenAsync(ServerFiles.Other);
            await using (RemoteFileStream stream = other.OpenStream())
                await ReadUncheckedAsync(stream);
            await Task.Delay(Rest);
        }
    }

    protected override Task RunYardstickAsync(HctefClient client) => RunAsync(client);

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        yield return Goal.AtMost("time / time without the tier, run by run", result.YardstickRatio!.Value, MostOfMemoryOnly);
    }
}
