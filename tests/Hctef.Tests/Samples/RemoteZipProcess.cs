using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Hctef.Tests.Samples;

/// <summary>A run of the sample as it was built with the tests, in a process of its own.</summary>
internal sealed partial class RemoteZipProcess : IDisposable
{
    private const int Interruption = 2;

    // A run takes about a second; one that hangs must not hang the tests.
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(2));
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private RemoteZipProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync(_patience.Token);
        _errors = process.StandardError.ReadToEndAsync(_patience.Token);
    }

    public static async Task<RemoteZipResult> RunAsync(ScratchFolder folder, params string[] arguments)
    {
        using RemoteZipProcess process = Start(folder, settings: [], arguments);
        return await process.ResultAsync();
    }

    public static RemoteZipProcess Start(ScratchFolder folder, (string Name, string Value)[] settings, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [ProgramPath(), .. arguments])
        {
            WorkingDirectory = folder.Path,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in settings)
            start.Environment[name] = value;
        return new RemoteZipProcess(Process.Start(start)!);
    }

    public async Task<RemoteZipResult> ResultAsync()
    {
        await _process.WaitForExitAsync(_patience.Token);
        return new RemoteZipResult(_process.ExitCode, await _output, await _errors);
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
    private static string ProgramPath()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        string path = Path.Join(own.Parent!.Parent!.FullName, "RemoteZip", own.Name, "RemoteZip.dll");
        Assert.True(File.Exists(path), "The sample is not where the build puts it.");
        return path;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
