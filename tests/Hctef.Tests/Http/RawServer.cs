using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Hctef.Tests.Http;

/// <summary>A loopback server that answers each connection's first request with the given bytes and closes it.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, string> _answer;
    private readonly Task _loop;

    public RawServer(Func<string, string> answer)
    {
        _answer = answer;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/file");

    /// <summary>The requests as they came over the wire.</summary>
    public List<string> Requests { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient connection = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAsync(connection.GetStream());
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        try
        {
            string request = await ReadRequestAsync(stream);
            Requests.Add(request);
            await stream.WriteAsync(Encoding.Latin1.GetBytes(_answer(request)), _stop.Token);
        }
        catch (IOException)
        {
            // The client may hang up before it has read everything; the next connection is answered all the same.
        }
    }

    private async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        byte[] one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _stop.Token) == 1)
        {
            text.Append((char)one[0]);
        }

        return text.ToString();
    }
}
