using System.Text;
using Hctef.TestServer.Content;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Samples;

/// <summary>The sample with a URL: listing and extracting.</summary>
public sealed class RemoteZipTests : IAsyncLifetime
{
    private static readonly byte[] Clip = new TestContent("clip").ToArray(0, 3_000_000);
    private static readonly byte[] Note = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("One line of a note.\n", 200)));

    private readonly ScratchFolder _folder = new();
    private HonestServer _server = null!;
    private Uri _url = null!;

    public async Task InitializeAsync()
    {
        _server = await HonestServer.StartAsync();
        byte[] zip = SampleZip.Packed(("notes/a.txt", Note), ("clips/b.bin", Clip), ("clips/\e[31m.bin", [1]), ("empty/", []));
        _url = _server.Add("archive.zip", zip).Uri;
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Lists_names_and_sizes()
    {
        SampleResult result = await RemoteZipProcess.RunAsync(_folder, _url.ToString());

        Assert.Equal("", result.Errors);
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"(?m)^ *4,000 +[0-9,]+  [-0-9]{10} [:0-9]{5}  notes/a\.txt\r?$", result.Output);
        Assert.Matches(@"(?m)^ *3,000,000 +[0-9,]+  [-0-9]{10} [:0-9]{5}  clips/b\.bin\r?$", result.Output);
        Assert.Equal(_server.RequestCount, result.Numbers("Requests")[0]);
    }

    [Fact]
    public async Task Names_cannot_drive_the_terminal()
    {
        SampleResult result = await RemoteZipProcess.RunAsync(_folder, _url.ToString());

        Assert.Contains("clips/?[31m.bin", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.All);
    }

    [Fact]
    public async Task Extracts_under_the_entrys_own_name()
    {
        SampleResult result = await RemoteZipProcess.RunAsync(_folder, _url.ToString(), "clips/b.bin");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["b.bin"], _folder.Names);
        Assert.Equal(Clip, await File.ReadAllBytesAsync(_folder["b.bin"]));
        Assert.Contains("CRC-32", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shows_progress_on_standard_error()
    {
        SampleResult result = await RemoteZipProcess.RunAsync(_folder, _url.ToString(), "clips/b.bin");

        Assert.Contains("Extracting", result.Errors, StringComparison.Ordinal);
        Assert.Contains("%", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.All);
    }

    [Theory]
    [InlineData("--out")]
    [InlineData("-o")]
    public async Task Extracts_to_the_file_that_is_named_and_replaces_it(string option)
    {
        await File.WriteAllTextAsync(_folder["mine"], "old");

        SampleResult result = await RemoteZipProcess.RunAsync(_folder, _url.ToString(), "notes/a.txt", option, _folder["mine"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["mine"], _folder.Names);
        Assert.Equal(Note, await File.ReadAllBytesAsync(_folder["mine"]));
    }

    [Fact]
    public async Task Does_not_replace_a_file_that_nobody_named()
    {
        await File.WriteAllTextAsync(_folder["a.txt"], "mine");

        SampleResult result = await RemoteZipProcess.RunAsync(_folder, _url.ToString(), "notes/a.txt");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("exists already", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(_folder["a.txt"]));
    }

    [Theory]
    [InlineData("../../up.txt", "up.txt")]
    [InlineData("..\\up.txt", "up.txt")]
    [InlineData("/etc/up.txt", "up.txt")]
    [InlineData("@up.txt", "@up.txt")]
    public async Task A_name_with_a_path_stays_in_the_current_folder(string entry, string file)
    {
        Uri url = _server.Add("paths.zip", SampleZip.Packed((entry, Note))).Uri;

        SampleResult result = await RemoteZipProcess.RunAsync(_folder, url.ToString(), entry);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal([file], _folder.Names);
    }

    [Theory]
    [InlineData("a/..")]
    [InlineData("a/.profile")]
    [InlineData("a/NUL.txt")]
    [InlineData("a/b:c")]
    [InlineData("folder/")]
    public async Task A_name_that_is_no_files_is_refused(string entry)
    {
        Uri url = _server.Add("names.zip", SampleZip.Packed((entry, entry.EndsWith('/') ? [] : Note))).Uri;

        SampleResult result = await RemoteZipProcess.RunAsync(_folder, url.ToString(), entry);

        Assert.Equal(1, result.ExitCode);
        Assert.Single(result.ErrorLines);
        Assert.Empty(_folder.Names);
    }
}
