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
        text.AppendLine(CultureInfo.InvariantCulture, $"`dotnet run -c Release --project tests/Hctef.Benchmarks -- {Arguments()}`");
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

    /// <summary>The command line without the files that it writes.</summary>
    private static string Arguments()
    {
        string[] arguments = Environment.GetCommandLineArgs();
        return string.Join(' ', arguments.Where((argument, i) => i > 0 && !NamesFile(argument) && !NamesFile(arguments[i - 1])));
    }

    private static bool NamesFile(string argument) => argument is "--json" or "--markdown";

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
            .. Traffic(hctef),
            string.Join("<br>", result.Goals.Select(goal => $"{(goal.Passed ? "pass" : "**miss**")}: {ConsoleReport.Text(goal)}")),
        ];
        return $"| {string.Join(" | ", cells)} |";
    }

    private static string[] Traffic(ClientResult? client) => client is { Requests: > 0 }
        ? [
            Number(client.Requests),
            Number(client.BodyBytes / 1e6),
            Number(client.MaxConcurrency),
            Number(client.Connections),
            Number(client.PeakMemory / 1e6),
        ]
        : ["", "", "", "", ""];

    private static string Extra(ClientResult? client) =>
        string.Concat(client?.Extras.Values.Select(extra => $"<br>{extra.Key}: {Number(extra.Value)}") ?? []);

    private static string YardstickCell(ScenarioResult result) => result.Yardstick is { } yardstick
        ? $"<br>{result.YardstickTitle}: {Seconds(yardstick.Seconds)}{Extra(yardstick)}"
        : string.Empty;

    private static string Seconds(double? value) =>
        value is { } seconds ? Duration.Text(seconds) : string.Empty;

    private static string Number(double? value) =>
        value is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{value:0.##}");
}
