using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Reports;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>Runs the scenarios that were asked for, one after the other, and reports them.</summary>
internal static class ScenarioRunner
{
    public static async Task<int> RunAsync(RunSettings settings, IReadOnlyList<Scenario> scenarios)
    {
        foreach (string name in settings.Only)
        {
            if (!scenarios.Any(scenario => IsNamed(scenario, name)))
                throw new ArgumentException($"There is no scenario '{name}': {string.Join(", ", scenarios.Select(one => one.Name))}.");
        }

        await using var context = new RunContext(settings);
        var results = new List<ScenarioResult>();
        foreach (Scenario scenario in scenarios.Where(one => settings.Only.Count == 0 || settings.Only.Any(name => IsNamed(one, name))))
        {
            IReadOnlyList<string> networks = settings.Networks.Count > 0
                ? [.. settings.Networks.Where(name => scenario.Networks.Contains(name) || settings.Only.Count > 0)]
                : scenario.Networks;
            foreach (string network in networks)
            {
                ScenarioResult result = await scenario.RunAsync(context, NetworkProfiles.Get(network));
                results.Add(result);
                ConsoleReport.Write(result);
            }
        }

        foreach (IDisposable disposable in scenarios.OfType<IDisposable>())
            disposable.Dispose();
        if (settings.JsonFile is { } json)
            await JsonReport.WriteAsync(json, results);
        if (settings.MarkdownFile is { } markdown)
            await MarkdownReport.WriteAsync(markdown, results);
        return 0;
    }

    private static bool IsNamed(Scenario scenario, string name) => string.Equals(scenario.Name, name, StringComparison.OrdinalIgnoreCase);
}
