using System.Text.RegularExpressions;

namespace Hctef.Tests;

/// <summary>What the README says of the tests.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void Each_of_the_seven_promises_names_tests_that_there_are()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Find(), "README.md"));
        int start = readme.IndexOf("## What is promised", StringComparison.Ordinal);
        string promised = readme[start..readme.IndexOf("## What is not promised", StringComparison.Ordinal)];
        HashSet<string> tests = [.. typeof(ReadmeTests).Assembly.GetTypes().Select(static type => type.Name)];
        string[] promises = [.. Promise().Matches(promised).Select(static match => match.Value)];

        Assert.Equal(7, promises.Length);
        Assert.All(promises, promise =>
        {
            string[] names = [.. TestName().Matches(promise).Select(static match => match.Groups[1].Value)];
            Assert.NotEmpty(names);
            Assert.All(names, name => Assert.Contains(name, tests));
        });
    }

    [GeneratedRegex(@"^\d\. .*\n(?:   .*\n)*", RegexOptions.Multiline)]
    private static partial Regex Promise();

    [GeneratedRegex("`([A-Za-z]+Tests)`")]
    private static partial Regex TestName();
}
