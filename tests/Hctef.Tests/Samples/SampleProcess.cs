using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Hctef.Tests.Samples;

/// <summary>A run of a sample as it was built with the tests, in a process of its own.</summary>
internal sealed partial class SampleProcess : IDisposable
{
    private const int Interruption = 2;

    // A run takes a few seconds; one that hangs must not hang the tests.
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(2));
    private readonly Process _process;
    private readonly SampleOutput _output;
    private readonly Task<string> _errors;

    private SampleProcess(Process process)
    {
        _process = process;
        _output = new SampleOutput(process.StandardOutput, _patience.Token);
        _errors = process.StandardError.ReadToEndAsync(_patience.Token);
    }

    public static SampleProcess Start(
        string sample, ScratchFolder folder, (string Name, string Value)[] settings, params string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host, [ProgramPath(sample), .. arguments])
        {
            WorkingDirectory = folder.Path,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Watchers of files are few on some machines.
        start.Environment["DOTNET_hostBuilder__reloadConfigOnChange"] = "false";
        foreach ((string name, string value) in settings)
            start.Environment[name] = value;
        return new SampleProcess(Process.Start(start)!);
    }

    /// <summary>What follows a text in the first line that has it, as soon as the sample prints it.</summary>
    public async Task<string> WhenPrintedAsync(string text) =>
        await _output.WhenPrintedAsync(text) ?? throw new InvalidOperationException($"The sample ended without '{text}': {await _errors}");

    public async Task<SampleResult> ResultAsync()
    {
        await _process.WaitForExitAsync(_patience.Token);
        return new SampleResult(_process.ExitCode, await _output.ReadToEndAsync(), await _errors);
    }

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt() => Assert.Equal(0, Kill(_process.Id, Interruption));

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _patience.Dispose();
    }

    /// <summary>The artifacts layout is bin/{project}/{configuration}.</summary>
    private static string ProgramPath(string sample)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        string path = Path.Join(own.Parent!.Parent!.FullName, sample, own.Name, sample + ".dll");
        Assert.True(File.Exists(path), "The sample is not where the build puts it.");
        return path;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
