using Hctef.Benchmarks.Hot;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>All scenarios, in the order in which they run and are reported.</summary>
internal static class ScenarioCatalogue
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new ServerCapacityScenario(),
        new OpenTailScenario(),
        new SequentialScenario("sequential", "Sequential 256 MiB in 64 KiB reads", ["L0", "T0", "L10", "L50", "S20"])
        {
            LeastOfPlainGet = 0.9,
            MostOfOracle = Limits(("L10", 0.8), ("L50", 1.25)),
        },
        new SequentialScenario("sequential-touched", "The same with the pool touched before", ["L0"])
        {
            LeastOfPlainGet = 1.0,
            PoolTouched = true,
        },
        new SequentialScenario("sequential-8", "The same with MaxConcurrencyPerHost = 8", ["L10", "L50"])
        {
            Concurrency = 8,
            MostOfOracle = Limits(("L10", 1.25), ("L50", 1.65)),
        },
        new RandomScenario("random", "1,000 random 4 KiB reads one by one", readers: 1)
        {
            MostOfRaw = 1.25,
            MostOfDemand = Limits(("L10", 1.08), ("L50", 1.05)),
        },
        new RandomScenario("random-32", "1,000 random 4 KiB reads, 32 at a time", readers: 32)
        {
            MostOfDemand = Limits(("L10", 1.25)),
        },
        new ZipfScenario(),
        new ColumnarScenario(),
        new StridedScenario(),
        new BackwardScenario(),
        new LargeReadScenario(),
        new InterleavedScenario(),
        new ZipScenario(),
        new DemandLatencyScenario(),
        new HedgingScenario(),
        new ColdDiskScenario(isFull: false),
        new ColdDiskScenario(isFull: true),
        new WarmDiskScenario(),
        new WarmRedisScenario(),
        new ManyPacksScenario(),
        new VirtualFileMemoryScenario(),
        new OpenFilesMemoryScenario(),
        new HotScenario(TimeSpan.FromSeconds(2), rounds: 5),
    ];

    private static Dictionary<string, double> Limits(params (string Network, double Most)[] limits) =>
        limits.ToDictionary(limit => limit.Network, limit => limit.Most, StringComparer.Ordinal);
}
