using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Hctef.TestServer.Redis;

/// <summary>A redis-server of a test's own, on a free port, that keeps nothing on disk; it can be killed and started again.</summary>
public sealed class RedisServerProcess : IDisposable
{
    private const string Ready = "Ready to accept connections";

    // It starts in milliseconds; one that does not must not hang the tests.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hctef-redis-");
    private readonly int _port = FreePort();
    private Process? _process;

    /// <summary>Where the executable is: HCTEF_REDIS_SERVER, or in PATH; <see langword="null"/> if it is nowhere.</summary>
    public static string? Executable { get; } =
        Environment.GetEnvironmentVariable("HCTEF_REDIS_SERVER") is { Length: > 0 } named
            ? named
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .Select(static folder => Path.Join(folder, "redis-server")).FirstOrDefault(File.Exists);

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    /// <summary>Starts it, empty, and returns when it takes connections.</summary>
    public async Task StartAsync()
    {
        string executable = Executable
            ?? throw new InvalidOperationException("There is no redis-server in PATH, and HCTEF_REDIS_SERVER names none.");
        string[] arguments =
        [
            "--port", _port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", _folder.FullName,
        ];
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo(executable, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
                ready.TrySetException(new InvalidOperationException("The redis-server has ended."));
            else if (line.Data.Contains(Ready, StringComparison.Ordinal))
                ready.TrySetResult();
        };
        _process.Start();
        _process.BeginOutputReadLine();
        await ready.Task.WaitAsync(Patience);
    }

    /// <summary>Ends it as a crash would.</summary>
    public void Kill()
    {
        if (_process is { } process)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
            _process = null;
        }
    }

    public void Dispose()
    {
        Kill();
        _folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
