using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Hctef.Benchmarks.Measuring;

namespace Hctef.Benchmarks.Reports;

/// <summary>Writes the table of results, with the command and the machine that made it.</summary>
internal static class MarkdownReport
{
    public static Task WriteAsync(string path, IReadOnlyList<ScenarioResult> results)
    {
        var text = new StringBuilder();
        string arguments = string.Join(' ', Environment.GetCommandLineArgs().Skip(1));
        text.AppendLine(CultureInfo.InvariantCulture, $"`dotnet run -c Release --project tests/Hctef.Benchmarks -- {arguments}`");
        text.AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSArchitecture}, {RuntimeInformation.FrameworkDescription}. Medians.");
        text.AppendLine();
        text.AppendLine("| scenario | network | Hctef | raw HttpClient | local file | demand | oracle | requests | MB moved | at once | connections | memory MB | goals |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (ScenarioResult result in results)
            text.AppendLine(Row(result));
        return File.WriteAllTextAsync(path, text.ToString());
    }

    private static string Row(ScenarioResult result)
    {
        ClientResult? hctef = result.Hctef;
        string[] cells =
        [
            result.Title,
            result.Network,
            Seconds(hctef?.Seconds) + Extra(hctef) + YardstickCell(result),
            Seconds(result.HttpClient?.Seconds),
            Seconds(result.LocalSeconds),
            Seconds(result.Demand),
            Seconds(result.Oracle),
            Number(hctef?.Requests),
            Number(hctef?.BodyBytes / 1e6),
            Number(hctef?.MaxConcurrency),
            Number(hctef?.Connections),
            Number(hctef?.PeakMemory / 1e6),
            string.Join("<br>", result.Goals.Select(goal => $"{(goal.Passed ? "pass" : "**miss**")}: {ConsoleReport.Text(goal)}")),
        ];
        return $"| {string.Join(" | ", cells)} |";
    }

    private static string Extra(ClientResult? client) =>
        string.Concat(client?.Extras.Values.Select(extra => $"<br>{extra.Key}: {Number(extra.Value)}") ?? []);

    private static string YardstickCell(ScenarioResult result) => result.Yardstick is { } yardstick
        ? $"<br>{result.YardstickTitle}: {Seconds(yardstick.Seconds)}{Extra(yardstick)}"
        : string.Empty;

    private static string Seconds(double? value) =>
        value is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{value:0.####} s");

    private static string Number(double? value) =>
        value is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{value:0.##}");
}
