namespace Hctef.Tests.Consumers;

/// <summary>Holds the table of costs against a checked-in page.</summary>
public sealed class ConsumerCostsTests
{
    private const string UpdateVariable = "HCTEF_UPDATE_CONSUMERS";

    [Fact]
    public void The_page_is_what_the_tests_assert()
    {
        string path = Path.Combine(Repository.Find(), "tests", "Hctef.Tests", "Consumers", "CONSUMERS.md");
        string actual = ConsumerCosts.Write();
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            File.WriteAllText(path, actual);

        Assert.True(
            actual == File.ReadAllText(path),
            $"{path} is stale. Run this test once with {UpdateVariable}=1 and commit the file.");
    }
}
