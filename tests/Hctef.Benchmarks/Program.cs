using BenchmarkDotNet.Running;
using Hctef.Benchmarks.HitRatios;
using Hctef.Benchmarks.Hot;
using Hctef.Benchmarks.Micro;
using Hctef.Benchmarks.Scenarios;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks;

/// <summary>How fast Hctef is, side by side with what it competes with.</summary>
internal static class Program
{
    private const string Usage = """
        Hctef.Benchmarks scenarios [--only NAME[,NAME]] [--net L0,L10,L50,S20,T0] [--runs N] [--concurrency N]
                                   [--json FILE] [--markdown FILE]
        Hctef.Benchmarks hot       [--json FILE] [--markdown FILE]
        Hctef.Benchmarks hitratio
        Hctef.Benchmarks micro     [arguments of BenchmarkDotNet]
        """;

    public static async Task<int> Main(string[] arguments)
    {
        string verb = arguments.FirstOrDefault(string.Empty);
        string[] rest = [.. arguments.Skip(1)];
        switch (verb)
        {
            case ServeVerb.Name:
                await ServeVerb.RunAsync(rest);
                return 0;
            case "scenarios":
                return await ScenarioRunner.RunAsync(RunSettings.Parse(rest), ScenarioCatalogue.All);
            case "hot":
                return await ScenarioRunner.RunAsync(RunSettings.Parse(rest), [new HotScenario(TimeSpan.FromSeconds(0.9), rounds: 3)]);
            case "hitratio":
                HitRatioTable.Write(Console.Out);
                return 0;
            case "micro":
                BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(rest.Length == 0 ? ["--filter", "*"] : rest, MicroConfig.Create());
                return 0;
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }
}
