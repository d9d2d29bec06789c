using System.Globalization;
using System.Text.RegularExpressions;

namespace Hctef.Tests.Samples;

/// <summary>What a run of the sample left behind.</summary>
internal sealed record SampleResult(int ExitCode, string Output, string Errors)
{
    public string[] ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public string[] OutputLines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public string All => Output + Errors;

    /// <summary>The text behind a label of the report.</summary>
    public string this[string label] =>
        Output.Split('\n').Single(line => line.StartsWith(label, StringComparison.Ordinal))[label.Length..].Trim();

    /// <summary>The numbers behind a label of the report.</summary>
    public long[] Numbers(string label) => [.. Regex.Matches(this[label], "[0-9][0-9,]*").Select(match => Number(match.Value))];

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
