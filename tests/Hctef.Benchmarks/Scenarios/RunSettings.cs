using System.Globalization;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>What the command line asks for.</summary>
internal sealed record RunSettings
{
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Empty: the networks that each scenario names.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    public int Runs { get; init; } = 3;

    /// <summary>MaxConcurrencyPerHost; null: the default, or what the scenario sets.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Leaves out what stands beside Hctef.</summary>
    public bool HctefOnly { get; init; }

    /// <summary>Prints the ranges that the server saw in the first run.</summary>
    public bool Trace { get; init; }

    public string? JsonFile { get; init; }

    public string? MarkdownFile { get; init; }

    public static RunSettings Parse(string[] arguments)
    {
        var settings = new RunSettings();
        for (int i = 0; i < arguments.Length; i++)
        {
            settings = arguments[i] switch
            {
                "--hctef-only" => settings with { HctefOnly = true },
                "--trace" => settings with { Trace = true },
                "--only" => settings with { Only = arguments[++i].Split(',') },
                "--net" => settings with { Networks = arguments[++i].Split(',') },
                "--runs" => settings with { Runs = int.Parse(arguments[++i], CultureInfo.InvariantCulture) },
                "--concurrency" => settings with { Concurrency = int.Parse(arguments[++i], CultureInfo.InvariantCulture) },
                "--json" => settings with { JsonFile = arguments[++i] },
                "--markdown" => settings with { MarkdownFile = arguments[++i] },
                _ => throw new ArgumentException($"Unknown argument '{arguments[i]}'.", nameof(arguments)),
            };
        }

        return settings;
    }
}
