namespace Hctef.Tests.Faults;

/// <summary>Holds the list of faults and their tests against a checked-in page, so that gaps show and do not grow unseen.</summary>
public sealed class FaultCoverageTests
{
    private const string UpdateVariable = "HCTEF_UPDATE_COVERAGE";

    private static readonly ILookup<string, string> Tests = FaultCoverage.Find();

    [Fact]
    public void The_page_is_what_the_tests_say()
    {
        string path = Path.Combine(Repository.Find(), "tests", "Hctef.Tests", "Faults", "COVERAGE.md");
        string actual = FaultCoverage.Write(Tests);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            File.WriteAllText(path, actual);

        Assert.True(
            actual == File.ReadAllText(path),
            $"{path} is stale. Run this test once with {UpdateVariable}=1 and commit the file.");
    }

    [Fact]
    public void Every_fault_has_a_test()
    {
        string[] missing = [.. FaultCases.All.Select(fault => fault.Number).Where(number => !Tests.Contains(number))];
        Assert.True(missing.Length == 0, $"No test is named after {string.Join(", ", missing)}.");
    }

    [Fact]
    public void Every_number_in_a_name_is_that_of_a_fault()
    {
        string groups = string.Concat(FaultCases.Groups.Select(static group => group.Group));
        Assert.Empty(Tests
            .Select(static tests => tests.Key)
            .Where(number => groups.Contains(number[0], StringComparison.Ordinal))
            .Except(FaultCases.All.Select(static fault => fault.Number)));
    }

    [Theory]
    [InlineData("E1_E2_silence_is_a_timeout", "E1 E2")]
    [InlineData("A5_half_of_it", "A5")]
    [InlineData("A_test_of_C3_or_so", "")]
    [InlineData("Names", "")]
    public void A_name_begins_with_its_numbers(string name, string numbers) =>
        Assert.Equal(numbers, string.Join(' ', FaultCoverage.NumbersOf(name)));
}
