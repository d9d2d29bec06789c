using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Hctef.Tests.Faults.Adversary;

/// <summary>
/// Right bytes or an exception, against a server that does anything. HCTEF_SOAK multiplies the rounds of random seeds;
/// HCTEF_ADVERSARY_SEED runs one seed alone.
/// </summary>
[Trait("Category", "Soak")]
public sealed class AdversaryTests(ITestOutputHelper output)
{
    private const string SeedVariable = "HCTEF_ADVERSARY_SEED";
    private const int Operations = 4000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task Right_bytes_or_an_exception(int seed) => RunAsync(Number(SeedVariable) ?? seed);

    [Fact]
    public async Task Right_bytes_or_an_exception_for_any_seed()
    {
        int rounds = Number(SeedVariable) is null ? Number("HCTEF_SOAK") ?? 1 : 0;
        for (int round = 0; round < rounds; round++)
            await RunAsync(Random.Shared.Next(1_000_000));
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;

    private async Task RunAsync(int seed)
    {
        long start = Stopwatch.GetTimestamp();
        await using var run = new AdversaryRun(seed, Operations);
        Exception? failure = await Record.ExceptionAsync(run.RunAsync);
        string report = string.Create(
            CultureInfo.InvariantCulture,
            $"{SeedVariable}={seed}: {run.Outcomes.Total} outcomes of {run.Requests} requests and {run.Liar.Told.Values.Sum()} lies in "
            + $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s: {run.Outcomes}");
        output.WriteLine(report);
        Assert.True(failure is null, $"{report}{Environment.NewLine}{failure}");
        Assert.True(run.Outcomes.Of(AdversaryOutcomes.Right) > Operations / 10, report);
        Assert.True(run.Liar.Told.Count > LiarGrammar.Lies.Count / 2, report);
    }
}
