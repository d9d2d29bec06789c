using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace Hctef.Tests.Faults;

/// <summary>Which tests belong to which fault: those whose names begin with its number, and the lies that are named so.</summary>
internal static partial class FaultCoverage
{
    /// <summary>The tests of each number, sorted by name.</summary>
    public static ILookup<string, string> Find() =>
        Methods().Select(static method => (method.Name, Test: $"{method.DeclaringType!.Name}.{method.Name}"))
            .Concat(ServerLies.All.Keys.Select(static lie => (Name: lie, Test: $"{nameof(ServerLieTests)}({lie})")))
            .SelectMany(static test => NumbersOf(test.Name).Select(number => (Number: number, test.Test)))
            .OrderBy(static test => test.Test, StringComparer.Ordinal)
            .ToLookup(static test => test.Number, static test => test.Test, StringComparer.Ordinal);

    /// <summary>The numbers that a name begins with: <c>E1_E2_silence</c> has two.</summary>
    public static IEnumerable<string> NumbersOf(string name) => Numbers().Match(name).Groups[1].Captures.Select(static capture => capture.Value);

    public static string Write(ILookup<string, string> tests)
    {
        int covered = FaultCases.All.Count(fault => tests.Contains(fault.Number));
        var text = new StringBuilder();
        text.Append("# Faults and their tests\n\nWritten by `FaultCoverageTests` from the names of the tests; do not edit.\n\n");
        text.Append(CultureInvariant($"{covered} of {FaultCases.All.Count} have a test.\n"));
        foreach ((char group, string title) in FaultCases.Groups)
        {
            text.Append(CultureInvariant($"\n## {group}: {title}\n\n| fault | | tests |\n|---|---|---|\n"));
            foreach ((string number, string fault) in FaultCases.All.Where(fault => fault.Number[0] == group))
                text.Append(CultureInvariant($"| {number} | {fault} | {Cell(tests[number])} |\n"));
        }

        return text.ToString();
    }

    private static string Cell(IEnumerable<string> tests) =>
        string.Join("<br>", tests.Select(static test => $"`{test}`").DefaultIfEmpty("**missing**"));

    private static IEnumerable<MethodInfo> Methods() => typeof(FaultCoverage).Assembly.GetTypes()
        .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(static method => method.IsDefined(typeof(FactAttribute), inherit: true));

    private static string CultureInvariant(FormattableString text) => FormattableString.Invariant(text);

    [GeneratedRegex("^(?:([A-Z][0-9]+)_)+")]
    private static partial Regex Numbers();
}
