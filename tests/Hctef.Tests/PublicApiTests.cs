using Hctef.AspNetCore;

namespace Hctef.Tests;

/// <summary>Holds the public surface against a checked-in text, so that it changes only on purpose.</summary>
public sealed class PublicApiTests
{
    private const string UpdateVariable = "HCTEF_UPDATE_PUBLIC_API";

    [Theory]
    [InlineData(typeof(IRemoteFile), "PublicApi.txt")]
    [InlineData(typeof(RemoteFileProvider), "PublicApi.AspNetCore.txt")]
    public void The_public_surface_is_the_checked_in_one(Type member, string file)
    {
        string path = Path.Combine(Repository.Find(), "tests", "Hctef.Tests", file);
        string actual = PublicApiText.Of(member.Assembly);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            File.WriteAllText(path, actual);

        string[] expected = [.. File.ReadLines(path)];
        string[] lines = actual.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] difference =
        [
            .. expected.Except(lines, StringComparer.Ordinal).Select(l => "- " + l),
            .. lines.Except(expected, StringComparer.Ordinal).Select(l => "+ " + l),
        ];
        Assert.True(
            expected.SequenceEqual(lines),
            $"The public surface differs from {path}. If that is intended, run the test once with {UpdateVariable}=1 and commit the file."
            + $"{Environment.NewLine}{string.Join(Environment.NewLine, difference)}");
    }
}
