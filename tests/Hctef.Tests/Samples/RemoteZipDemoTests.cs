namespace Hctef.Tests.Samples;

public sealed class RemoteZipDemoTests : IDisposable
{
    private const long MiB = 1024 * 1024;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_demo_lists_and_extracts_with_few_requests_and_bytes()
    {
        SampleResult result = await RemoteZipProcess.RunAsync(_folder);

        Assert.Equal("", result.Errors);
        Assert.Equal(0, result.ExitCode);
        Assert.True(result.Numbers("Size")[0] >= 256 * MiB);
        Assert.True(result.Numbers("Entries")[0] >= 300);
        Assert.InRange(result.Numbers("Requests")[0], 1, 4);
        Assert.InRange(result.Numbers("Moved")[0], 1, 2 * MiB);
        Assert.Equal([result.Numbers("Requests")[0], result.Numbers("Moved")[0]], result.Numbers("Server log"));
        Assert.Contains("bytes verified", result["Extracted"], StringComparison.Ordinal);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task The_picture_shows_the_end_and_the_entry_in_plain_characters()
    {
        SampleResult result = await RemoteZipProcess.RunAsync(_folder);

        string picture = result["Fetched"];
        Assert.Equal(64 + 2, picture.Length);
        Assert.NotEqual(picture[1], picture[^2]);
        Assert.Equal(2, picture[1..^1].Count(cell => cell != picture[1]));
        Assert.DoesNotContain('\e', result.All);
    }
}
