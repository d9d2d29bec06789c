using System.Text.Json;
using System.Text.Json.Serialization;
using Hctef.Benchmarks.Measuring;

namespace Hctef.Benchmarks.Reports;

/// <summary>Writes all that was measured for programs to read.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static async Task WriteAsync(string path, IReadOnlyList<ScenarioResult> results)
    {
        await using FileStream file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, results, Options);
    }
}
