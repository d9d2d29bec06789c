using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Hctef.Benchmarks.Networks;

namespace Hctef.Benchmarks.Server;

/// <summary>A server in a process of its own, so that its work is not measured as the client's. Used by one caller at a time.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    public const string Reset = "reset";
    public const string Counts = "counts";
    public const string KeepRanges = "keep-ranges";
    public const string Ranges = "ranges";
    public const string AddGenerated = "add";
    public const string AddLocal = "add-local";
    public const string Late = "late";

    private readonly Process _process;
    private int _connectionsBefore;

    private ServerProcess(Process process, NetworkProfile network, Uri baseUri, byte[]? certificate)
    {
        _process = process;
        Network = network;
        BaseUri = baseUri;
        Certificate = certificate;
    }

    public NetworkProfile Network { get; }

    public Uri BaseUri { get; }

    /// <summary>The one certificate to trust; null without TLS.</summary>
    public byte[]? Certificate { get; }

    public static async Task<ServerProcess> StartAsync(NetworkProfile network)
    {
        string self = Environment.ProcessPath!;
        bool isHost = string.Equals(Path.GetFileNameWithoutExtension(self), "dotnet", StringComparison.OrdinalIgnoreCase);
        string[] arguments = [.. isHost ? [Assembly.GetEntryAssembly()!.Location] : Array.Empty<string>(), ServeVerb.Name, network.Name];
        var start = new ProcessStartInfo(self, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        Process process = Process.Start(start)!;
        string[] hello = (await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("No server.")).Split(' ');
        byte[]? certificate = string.Equals(hello[1], "-", StringComparison.Ordinal) ? null : Convert.FromBase64String(hello[1]);
        return new ServerProcess(process, network, new Uri(hello[0]), certificate);
    }

    public Uri UriOf(string file) => new(BaseUri, file);

    public async Task ResetAsync()
    {
        _connectionsBefore = (await CountAsync()).Connections;
        await SendAsync(Reset);
    }

    /// <summary>Counts since the last reset, of connections, too.</summary>
    public async Task<ServerCounts> GetCountsAsync()
    {
        ServerCounts counts = await CountAsync();
        return counts with { Connections = counts.Connections - _connectionsBefore };
    }

    /// <summary>Makes a share of the replies come late; 0 = none.</summary>
    public Task SetLateAsync(double share, TimeSpan delay) =>
        SendAsync(string.Create(CultureInfo.InvariantCulture, $"{Late} {share} {delay.TotalMilliseconds}"));

    public async Task<string> SendAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        return await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server has ended.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<ServerCounts> CountAsync() => ServerCounts.Parse(await SendAsync(Counts));
}
