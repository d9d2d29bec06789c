using System.Text;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.Configuration;

namespace Worker.Demo;

/// <summary>A log file on a server on the loopback, which grows, is replaced, and whose server goes away and comes back.</summary>
internal sealed class DemoOrigin : IAsyncDisposable
{
    private const string UrlKey = "Hctef:Files:log:Url";
    private const string InitialBytesKey = "Watch:InitialBytes";
    private const string IntervalKey = "Watch:Interval";
    private const string ShortInterval = "00:00:00.1";
    private const string LastTwoLines = "24";
    private const string Name = "service.log";

    private readonly HonestServer _server;
    private readonly Doorway _doorway;
    private readonly ServedFile _file;
    private byte[] _content;

    private DemoOrigin(HonestServer server, Doorway doorway, byte[] content)
    {
        _server = server;
        _doorway = doorway;
        _content = content;
        _file = server.Add(Name, content);
    }

    public long Length => _content.Length;

    public long BytesSent => _server.BodyBytes;

    /// <summary>Starts the demo's origin if the configuration names no file.</summary>
    public static async Task<DemoOrigin?> StartIfNeededAsync(ConfigurationManager configuration)
    {
        if (configuration[UrlKey] is not null)
            return null;
        HonestServer server = await HonestServer.StartAsync();
        var doorway = new Doorway(server.BaseUri.Port);
        var origin = new DemoOrigin(server, doorway, Lines(200_000));
        configuration[UrlKey] = new UriBuilder(origin._file.Uri) { Port = doorway.Port }.Uri.AbsoluteUri;
        configuration[IntervalKey] = ShortInterval;
        configuration[InitialBytesKey] = LastTwoLines;
        return origin;
    }

    public void Append(string lines) => Serve([.. _content, .. Encoding.ASCII.GetBytes(lines)]);

    public void Replace(string lines) => Serve(Encoding.ASCII.GetBytes(lines));

    public void GoAway() => _doorway.Close();

    public void ComeBack() => _doorway.Open();

    public async ValueTask DisposeAsync()
    {
        await _doorway.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static byte[] Lines(int count) =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(1, count).Select(number => $"line {number}\n")));

    private void Serve(byte[] content)
    {
        _content = content;
        _file.Update(_file.Version + 1, content.Length, (destination, offset) => content.AsSpan((int)offset, destination.Length).CopyTo(destination));
    }
}
