using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Scenarios;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Hot;

/// <summary>
/// Random 4 KiB reads of 128 MiB that lie in the cache, beside a file in the system's page cache and a plain copy of the same ranges.
/// The phases take turns, so that all see the same machine; medians of rounds, after a round that only warms up.
/// </summary>
internal sealed class HotScenario(TimeSpan phase, int rounds) : Scenario
{
    private static readonly int[] ThreadCounts = [1, 2];

    public override string Name => "hot";

    public override string Title => "Hot random 4 KiB reads over 128 MiB";

    public override IReadOnlyList<string> Networks => ["L0"];

    public override async Task<ScenarioResult> RunAsync(RunContext context, NetworkProfile network)
    {
        ServerProcess server = await context.GetServerAsync(network);
        await using var client = new HctefClient(server);
        using IRemoteFile file = await client.OpenAsync();
        await FillAsync(file);
        using var memory = new PlainMemory(HotOffsets.Bytes);
        ServerFiles.DataContent.Fill(memory.Span, 0);

        IHotReader[] readers = [new HctefHotReader(file), new LocalHotReader(context.Local.Handle), new CopyHotReader(memory)];
        var measured = new HotMeasurements();
        for (int round = 0; round <= rounds; round++)
        {
            foreach (int threads in ThreadCounts)
            {
                foreach (IHotReader reader in readers)
                {
                    HotPhase result = HotPhase.Run(reader, threads, phase);
                    if (round > 0)
                        measured.Add(reader.Name, threads, result);
                }
            }
        }

        var extras = new Extras();
        Array.ForEach(ThreadCounts, threads => measured.Report(threads, extras));
        return new ScenarioResult(Name, Title, network.Name)
        {
            Hctef = new ClientResult(1 / measured.Rate(HctefHotReader.ReaderName, 1), 0, 0, 0, 0, 0, 0, extras, rounds),
            LocalSeconds = 1 / measured.Rate(LocalHotReader.ReaderName, 1),
            Goals = [.. ThreadCounts.SelectMany(measured.Judge)],
        };
    }

    private static async Task FillAsync(IRemoteFile file)
    {
        var piece = new byte[1 << 20];
        for (long offset = 0; offset < HotOffsets.Bytes; offset += piece.Length)
        {
            await file.ReadExactlyAsync(piece, offset);
            SampledCheck.Check(piece, offset);
        }
    }
}
