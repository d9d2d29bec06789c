using System.Text;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Samples;

public sealed class WorkerTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_demo_notices_all_that_happens_to_the_file()
    {
        using SampleProcess process = SampleProcess.Start("Worker", _folder, settings: []);
        SampleResult result = await process.ResultAsync();

        Assert.Equal("", result.Errors);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            [
                "At 2288871: line 199999 | line 200000",
                "--- Two lines are appended",
                "At 2288895: line 200001 | line 200002",
                "--- The origin goes away, and a line is appended meanwhile",
                "The origin is back",
                "At 2288919: line 200003",
                "--- The log is begun anew",
                "Another file of 14 bytes",
                "At 0: line 1 | line 2",
                "--- All of it was noticed",
            ],
            result.OutputLines.Where(line =>
                !line.StartsWith("The origin is away: ", StringComparison.Ordinal) && !line.StartsWith("--- Of ", StringComparison.Ordinal)));
        Assert.Single(result.OutputLines, line => line.StartsWith("The origin is away: ", StringComparison.Ordinal));
        long[] moved = result.Numbers("--- Of ");
        Assert.InRange(moved[1], 1, moved[0] / 4);
    }

    [UnixFact]
    public async Task A_file_of_ones_own_is_watched_until_ctrl_c()
    {
        await using HonestServer server = await HonestServer.StartAsync();
        ServedFile file = server.Add("log", Encoding.ASCII.GetBytes("first\n"));
        using SampleProcess process = SampleProcess.Start(
            "Worker", _folder, [("Hctef__Files__log__Url", file.Uri.AbsoluteUri)], "--Watch:Interval=00:00:00.05");

        Assert.Equal("first", await process.WhenPrintedAsync("At 0: "));
        byte[] grown = Encoding.ASCII.GetBytes("first\nsecond\n");
        file.Update(version: 2, grown.Length, (destination, offset) => grown.AsSpan((int)offset, destination.Length).CopyTo(destination));
        Assert.Equal("second", await process.WhenPrintedAsync("At 6: "));

        process.Interrupt();
        SampleResult result = await process.ResultAsync();
        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
    }

    [Fact]
    public async Task A_wrong_setting_stops_the_start()
    {
        using SampleProcess process = SampleProcess.Start(
            "Worker", _folder, [("Hctef__Files__log__Url", "http://127.0.0.1/log")], "--Watch:Interval=-00:00:01");
        SampleResult result = await process.ResultAsync();

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Interval", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }
}
