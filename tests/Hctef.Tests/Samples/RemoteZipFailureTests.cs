using Hctef.TestServer.Content;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Samples;

/// <summary>What the sample says and returns when something is wrong.</summary>
public sealed class RemoteZipFailureTests : IAsyncLifetime
{
    private const string Secret = "hunter2";
    private static readonly byte[] Clip = new TestContent("clip").ToArray(0, 3_000_000);

    private readonly ScratchFolder _folder = new();
    private HonestServer _server = null!;
    private ServedFile _file = null!;

    public async Task InitializeAsync()
    {
        _server = await HonestServer.StartAsync();
        _file = _server.Add("archive.zip", SampleZip.Stored(("clip.bin", Clip)));
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_unknown_entry_is_a_failure() =>
        AssertFailure(await RunAsync(_file.Uri, "no such"), 1, "no entry of this name");

    [Fact]
    public async Task A_missing_file_is_a_failure_that_names_the_status() =>
        AssertFailure(await RunAsync(new Uri(_server.BaseUri, "missing.zip")), 1, "404");

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_a_failure()
    {
        HonestServer gone = await HonestServer.StartAsync();
        await gone.DisposeAsync();

        AssertFailure(await RunAsync(new Uri(gone.BaseUri, "archive.zip")), 1, gone.BaseUri.Authority);
    }

    [Fact]
    public async Task A_server_without_ranges_is_a_failure()
    {
        _file.SupportsRanges = false;

        AssertFailure(await RunAsync(_file.Uri), 1, "200");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5_000_000)]
    public async Task Another_kind_of_file_is_a_failure(int length) =>
        AssertFailure(await RunAsync(_server.Add("random.bin", length).Uri), 1, "ZIP archive cannot be read");

    [Fact]
    public async Task A_network_failure_inside_the_directory_is_not_taken_for_a_damaged_archive()
    {
        ResponseGate gate = _file.HoldHeaders(request => request.Number == 2);
        using SampleProcess process = RemoteZipProcess.Start(
            _folder, [("Hctef__FileDefaults__PrefetchBytes", "0")], _file.Uri.ToString());
        await gate.Reached;
        _file.StatusOverride = new StatusOverride(403);
        gate.Release();

        AssertFailure(await process.ResultAsync(), 1, "403");
    }

    [Fact]
    public async Task A_damaged_entry_leaves_no_file()
    {
        byte[] zip = SampleZip.Stored(("clip.bin", Clip));
        zip[1_000_000] ^= 1;

        SampleResult result = await RunAsync(_server.Add("damaged.zip", zip).Uri, "clip.bin");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("CRC-32", result.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task An_entry_does_not_unpack_to_more_than_it_states()
    {
        byte[] zip = SampleZip.WithStatedSize(SampleZip.Packed(("clip.bin", new byte[10_000_000])), 1000);

        SampleResult result = await RunAsync(_server.Add("bomb.zip", zip).Uri, "clip.bin");

        Assert.Equal(1, result.ExitCode);
        Assert.Empty(_folder.Names);
    }

    [Theory]
    [InlineData("archive.zip")]
    [InlineData("ftp://example.com/archive.zip")]
    [InlineData("http://example.com/a.zip", "entry", "more")]
    [InlineData("http://example.com/a.zip", "--out", "file")]
    [InlineData("http://example.com/a.zip", "entry", "--out")]
    [InlineData("--out", "file")]
    public async Task Bad_usage_has_an_exit_code_of_its_own(params string[] arguments) =>
        AssertFailure(await RemoteZipProcess.RunAsync(_folder, arguments), 2, "--help");

    [Fact]
    public async Task Bad_configuration_counts_as_bad_usage()
    {
        using SampleProcess process = RemoteZipProcess.Start(_folder, [("Hctef__Cache__BlockBytes", "1000")], _file.Uri.ToString());

        AssertFailure(await process.ResultAsync(), 2, "BlockBytes");
    }

    [Fact]
    public async Task Help_is_no_failure()
    {
        SampleResult result = await RemoteZipProcess.RunAsync(_folder, "--help");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("--out", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("archive.zip", "clip.bin")]
    [InlineData("archive.zip", "no such")]
    [InlineData("archive.zip", "entry", "more")]
    [InlineData("missing.zip", "clip.bin")]
    [InlineData("not absolute", "clip.bin")]
    public async Task Secrets_of_the_url_are_never_shown(string path, params string[] more)
    {
        string url = path.Contains(' ', StringComparison.Ordinal)
            ? $"{path}?sig={Secret}"
            : $"http://user:{Secret}@{_server.BaseUri.Authority}/{path}?sig={Secret}#{Secret}";

        SampleResult result = await RemoteZipProcess.RunAsync(_folder, [url, .. more]);

        Assert.NotEqual("", result.All);
        Assert.DoesNotContain(Secret, result.All, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Ctrl_C_cancels_and_leaves_no_file()
    {
        ResponseGate gate = _file.HoldAt(1_000_000);
        using SampleProcess process = RemoteZipProcess.Start(_folder, [], _file.Uri.ToString(), "clip.bin");
        await gate.Reached;

        process.Interrupt();
        SampleResult result = await process.ResultAsync();

        Assert.Equal(130, result.ExitCode);
        Assert.Equal("Cancelled.", result.ErrorLines[^1]);
        Assert.Empty(_folder.Names);
    }

    private static void AssertFailure(SampleResult result, int exitCode, string words)
    {
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(words, Assert.Single(result.ErrorLines), StringComparison.OrdinalIgnoreCase);
    }

    private Task<SampleResult> RunAsync(Uri url, params string[] more) =>
        RemoteZipProcess.RunAsync(_folder, [url.ToString(), .. more]);
}
