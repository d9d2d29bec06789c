using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>
/// The same reads by Hctef, by raw HttpClient and from a local file, in turn. Each run has a new container (a cold cache) and new
/// connections, and its time includes opening.
/// </summary>
internal abstract class WireScenario : Scenario
{
    /// <summary>A run by raw HttpClient that takes longer is not repeated: it is shaped to the second.</summary>
    private const double LongRawRun = 5;

    /// <summary>Short runs are repeated more often, up to this time of all together and up to so many times as asked.</summary>
    private const double ShortRuns = 2;
    private const int MostRepeats = 4;

    /// <summary>
    /// Seconds of each side before the first run that counts. Methods that the framework brings are compiled beforehand, all others are
    /// optimized only after some hundred milliseconds of use: shorter runs would compare the two ways of compiling.
    /// </summary>
    private const double WarmUp = 2;

    /// <summary>A method is optimized after thirty calls: what is called once in a run, beside a yardstick that does not call it, needs so many.</summary>
    private const int WarmUpRuns = 32;

    protected virtual bool HasLocal => true;

    /// <summary>What Hctef is measured against beside the others: Hctef itself, in easier circumstances. Null: nothing.</summary>
    protected virtual string? Yardstick => null;

    /// <summary>On shaped networks a run is long enough to need no run before it that is not counted.</summary>
    protected virtual bool LongRun => false;

    public override async Task<ScenarioResult> RunAsync(RunContext context, NetworkProfile network)
    {
        ServerProcess server = await context.GetServerAsync(network);
        await SetUpAsync(server);
        try
        {
            return await MeasureAllAsync(context, network, server);
        }
        finally
        {
            await TearDownAsync(server);
        }
    }

    /// <summary>Once before all runs.</summary>
    protected virtual Task SetUpAsync(ServerProcess server) => Task.CompletedTask;

    /// <summary>Once after all runs: other scenarios use the same server.</summary>
    protected virtual Task TearDownAsync(ServerProcess server) => Task.CompletedTask;

    protected virtual bool HasHttpClient(NetworkProfile network) => true;

    protected virtual void Configure(HctefOptions options)
    {
        // The defaults are what most users have.
    }

    /// <summary>What the container has beside Hctef.</summary>
    protected virtual void Register(IServiceCollection services)
    {
        // Nothing, in most scenarios.
    }

    protected virtual void ConfigureYardstick(HctefOptions options) => Configure(options);

    /// <summary>What comes before the time is taken, in every run.</summary>
    protected virtual Task PrepareAsync(HctefClient client) => Task.CompletedTask;

    protected abstract Task RunAsync(HctefClient client);

    protected virtual Task RunYardstickAsync(HctefClient client) => Task.CompletedTask;

    protected virtual Task RunAsync(RawClient client) => Task.CompletedTask;

    protected virtual void Run(LocalFile file)
    {
        // Without one HasLocal is false.
    }

    /// <summary>Seconds at best, for reads that depend on each other as these do, on so many connections.</summary>
    protected virtual double? GetDemand(NetworkProfile network, double connections) => null;

    /// <summary>Seconds at best for who knows the reads before they come and has 8 connections.</summary>
    protected virtual double? GetOracle(NetworkProfile network) => null;

    protected virtual IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result) => [];

    private async Task<ScenarioResult> MeasureAllAsync(RunContext context, NetworkProfile network, ServerProcess server)
    {
        var hctef = new List<RunMeasurement>();
        var raw = new List<RunMeasurement>();
        var yardstick = new List<RunMeasurement>();
        var local = new List<double>();
        bool besides = !context.Settings.HctefOnly;
        await WarmUpAsync(server, context.Settings);
        while (hctef.Count < context.Settings.Runs || IsShort(hctef, context.Settings))
        {
            if (besides && HasHttpClient(network) && !raw.Exists(measured => measured.Seconds > LongRawRun))
                raw.Add(await WireMeasurement.OfRawAsync(server, RunAsync));

            // In turns: who comes second meets what the first has left behind.
            bool comesSecond = hctef.Count % 2 == 0;
            if (Yardstick is not null && comesSecond)
                yardstick.Add(await MeasureHctefAsync(server, context.Settings, ConfigureYardstick, RunYardstickAsync, trace: false));
            hctef.Add(await MeasureHctefAsync(server, context.Settings, Configure, RunAsync, context.Settings.Trace && hctef.Count == 0));
            if (Yardstick is not null && !comesSecond)
                yardstick.Add(await MeasureHctefAsync(server, context.Settings, ConfigureYardstick, RunYardstickAsync, trace: false));
            if (besides && HasLocal)
                local.Add(WireMeasurement.Local(() => Run(context.Local)));
        }

        var result = new ScenarioResult(Name, Title, network.Name)
        {
            Hctef = ClientResult.Of(hctef),
            HttpClient = raw.Count > 0 ? ClientResult.Of(raw) : null,
            YardstickTitle = Yardstick,
            Yardstick = yardstick.Count > 0 ? ClientResult.Of(yardstick) : null,
            YardstickRatio = yardstick.Count > 0 ? Median.Of(hctef.Zip(yardstick, static (run, other) => run.Seconds / other.Seconds)) : null,
            LocalSeconds = local.Count > 0 ? Median.Of(local) : null,
        };
        if (network.IsShaped)
            result = result with { Demand = GetDemand(network, Math.Max(1, result.Hctef.MaxConcurrency)), Oracle = GetOracle(network) };
        return result with { Goals = [.. Judge(network, result), MemoryBound.Judge(result.Hctef, Options(context.Settings))] };
    }

    private async Task<RunMeasurement> MeasureHctefAsync(
        ServerProcess server, RunSettings settings, Action<HctefOptions> configure, Func<HctefClient, Task> run, bool trace)
    {
        await using var client = new HctefClient(server, options => Apply(configure, options, settings), Register);
        await PrepareAsync(client);
        if (Yardstick is not null)
            MemoryAtHand.Provide(2 * HctefDefaults.MemoryBytes);
        Task<RunMeasurement> Measure() => WireMeasurement.OfAsync(server, () => run(client), () => client.PoolBytes, client.Extras);
        return trace ? await WireMeasurement.TraceAsync(server, Measure) : await Measure();
    }

    private HctefOptions Options(RunSettings settings)
    {
        var options = new HctefOptions();
        Apply(Configure, options, settings);
        return options;
    }

    private static void Apply(Action<HctefOptions> configure, HctefOptions options, RunSettings settings)
    {
        configure(options);
        options.Transport.MaxConcurrencyPerHost = settings.Concurrency ?? options.Transport.MaxConcurrencyPerHost;
    }

    private static bool IsShort(List<RunMeasurement> runs, RunSettings settings) =>
        runs.Count < settings.Runs * MostRepeats && runs.Sum(run => run.Seconds) < ShortRuns;

    /// <summary>Brings code into memory and the JIT to its work, on both sides, where a run takes no time worth mentioning.</summary>
    private async Task WarmUpAsync(ServerProcess server, RunSettings settings)
    {
        if (server.Network.Latency > 0 && LongRun)
            return;
        int least = LongRun && Yardstick is not null ? WarmUpRuns : 0;
        await RepeatAsync(() => MeasureHctefAsync(server, settings, Configure, RunAsync, trace: false), least);
        if (HasHttpClient(server.Network))
            await RepeatAsync(() => WireMeasurement.OfRawAsync(server, RunAsync), least: 0);

        static async Task RepeatAsync(Func<Task<RunMeasurement>> run, int least)
        {
            double seconds = 0;
            for (int runs = 0; seconds < WarmUp || runs < least; runs++)
                seconds += (await run()).Seconds;
        }
    }
}
