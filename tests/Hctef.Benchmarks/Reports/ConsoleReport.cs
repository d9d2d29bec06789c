using System.Globalization;
using Hctef.Benchmarks.Measuring;

namespace Hctef.Benchmarks.Reports;

/// <summary>Prints one result as soon as it is there.</summary>
internal static class ConsoleReport
{
    public static void Write(ScenarioResult result)
    {
        Console.WriteLine($"{result.Scenario} {result.Network}: {result.Title}");
        WriteClient("hctef", result.Hctef);
        WriteClient("httpclient", result.HttpClient);
        WriteClient(result.YardstickTitle ?? string.Empty, result.Yardstick);
        foreach ((string name, double? seconds) in new[]
            { ("local file", result.LocalSeconds), ("demand", result.Demand), ("oracle", result.Oracle) })
        {
            if (seconds is { } value)
                Console.WriteLine($"  {name,-19}{Duration.Text(value),12}");
        }

        foreach (Goal goal in result.Goals)
            Console.WriteLine($"  {(goal.Passed ? "pass" : "MISS"),-6}{Text(goal)}");
    }

    public static string Text(Goal goal) => string.Create(
        CultureInfo.InvariantCulture, $"{goal.Text}: {goal.Value:0.###} (goal {(goal.AtLeast ? "≥" : "≤")} {goal.Limit:0.###})");

    private static void WriteClient(string name, ClientResult? client)
    {
        if (client is null)
            return;
        string traffic = client.Requests > 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{client.Requests,7:F0} requests {client.BodyBytes / 1e6,9:F2} MB, {client.MaxConcurrency:F0} at once, "
                + $"{client.Connections:F0} connections, peak {client.PeakMemory / 1e6:F1} MB of memory, ")
            : " ";
        Console.WriteLine($"  {name,-19}{Duration.Text(client.Seconds),12}{traffic}{client.Runs} runs");
        foreach ((string extra, double value) in client.Extras.Values)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      {extra} = {value:0.###}"));
    }
}
