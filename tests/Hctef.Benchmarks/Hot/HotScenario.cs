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
    private const double LeastOfFile = 2.3;
    private const double LeastOfCopy = 0.75;
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
        var rates = new Dictionary<(string Reader, int Threads), List<double>>();
        var allocated = new List<double>();
        for (int round = 0; round <= rounds; round++)
        {
            foreach (int threads in ThreadCounts)
            {
                foreach (IHotReader reader in readers)
                {
                    HotPhase measured = HotPhase.Run(reader, threads, phase);
                    if (round == 0)
                        continue;
                    if (!rates.TryGetValue((reader.Name, threads), out List<double>? list))
                        rates.Add((reader.Name, threads), list = []);
                    list.Add(measured.ReadsPerSecond);
                    if (reader is HctefHotReader)
                        allocated.Add(measured.AllocatedBytesPerRead);
                }
            }
        }

        return Report(network, rates, allocated);
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

    private ScenarioResult Report(
        NetworkProfile network, Dictionary<(string Reader, int Threads), List<double>> rates, List<double> allocated)
    {
        var extras = new Extras();
        var goals = new List<Goal>();
        foreach (int threads in ThreadCounts)
        {
            double hctef = Rate(HctefHotReader.ReaderName);
            extras.Add($"Hctef, {threads} threads, million reads/s", hctef / 1e6);
            foreach ((string other, double least) in new[] { (LocalHotReader.ReaderName, LeastOfFile), (CopyHotReader.ReaderName, LeastOfCopy) })
            {
                extras.Add($"{other}, {threads} threads, million reads/s", Rate(other) / 1e6);
                goals.Add(Goal.AtLeastOf($"rate / {other}, {threads} threads", hctef / Rate(other), least));
            }

            double Rate(string reader) => Median.Of(rates[(reader, threads)]);
        }

        extras.Add("bytes allocated per read", Median.Of(allocated));
        goals.Add(Goal.AtMost("bytes allocated per read", Math.Round(Median.Of(allocated), 2), 0));
        double seconds = 1 / Median.Of(rates[(HctefHotReader.ReaderName, 1)]);
        return new ScenarioResult(Name, Title, network.Name)
        {
            Hctef = new ClientResult(seconds, 0, 0, 0, 0, 0, extras, rounds),
            LocalSeconds = 1 / Median.Of(rates[(LocalHotReader.ReaderName, 1)]),
            Goals = goals,
        };
    }
}
