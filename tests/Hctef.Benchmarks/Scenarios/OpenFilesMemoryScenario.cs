using System.Diagnostics;
using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>10,000 files that are open and have read nothing: the managed memory of each.</summary>
internal sealed class OpenFilesMemoryScenario : Scenario
{
    private const int Files = 10_000;
    private const int WarmUpFiles = 100;
    private const double MostBytesPerFile = 4096;

    public override string Name => "memory-open";

    public override string Title => "10,000 open files, prefetch off";

    public override IReadOnlyList<string> Networks => ["L0"];

    public override async Task<ScenarioResult> RunAsync(RunContext context, NetworkProfile network)
    {
        ServerProcess server = await context.GetServerAsync(network);
        for (int i = 0; i < Files + WarmUpFiles; i++)
            await server.SendAsync($"{ServerProcess.AddGenerated} many/{i} 1048576");
        await using var client = new HctefClient(server);
        var files = new List<IRemoteFile>(Files + WarmUpFiles);
        for (int i = 0; i < WarmUpFiles; i++)
            files.Add(await OpenAsync(client, i));
        await server.ResetAsync();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Files; i++)
            files.Add(await OpenAsync(client, WarmUpFiles + i));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double perFile = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / Files;
        ServerCounts counts = await server.GetCountsAsync();
        files.ForEach(static file => file.Dispose());
        client.Extras.Add("managed bytes per open file", perFile);
        return new ScenarioResult(Name, Title, network.Name)
        {
            Hctef = ClientResult.Of([new RunMeasurement(seconds, counts, (long)(perFile * Files), (long)(perFile * Files), client.Extras)]),
            Goals = [Goal.AtMost("managed bytes per open file", perFile, MostBytesPerFile)],
        };
    }

    private static Task<IRemoteFile> OpenAsync(HctefClient client, int number) =>
        client.OpenAsync($"many/{number}", static options => options.PrefetchBytes = 0);
}
