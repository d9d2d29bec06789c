using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;

namespace Hctef.TestServer.Lying;

/// <summary>
/// One accepted socket. A pump reads all that the client sends, so that its close is noticed at once and unread bytes
/// never turn a FIN into an RST.
/// </summary>
internal sealed class LyingConnection(Socket socket, int number) : IDisposable
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();

    private readonly Pipe _received = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly CancellationTokenSource _clientGone = new();

    public int Number => number;

    /// <summary>Cancelled when the client has closed or reset the connection.</summary>
    public CancellationToken ClientGone => _clientGone.Token;

    public async Task PumpAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await socket.ReceiveAsync(_received.Writer.GetMemory(), SocketFlags.None, cancellationToken) is > 0 and var count)
            {
                _received.Writer.Advance(count);
                await _received.Writer.FlushAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The end of the connection, like the end of its bytes.
        }

        await _received.Writer.CompleteAsync();
        await _clientGone.CancelAsync();
    }

    /// <summary>The next request head without its last empty line; null when the client sends none any more.</summary>
    public async Task<string?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await _received.Reader.ReadAsync(cancellationToken);
            var reader = new SequenceReader<byte>(result.Buffer);
            if (reader.TryReadTo(out ReadOnlySequence<byte> head, HeadEnd))
            {
                string text = Encoding.Latin1.GetString(head);
                _received.Reader.AdvanceTo(reader.Position);
                return text;
            }

            if (result.IsCompleted)
                return null;
            _received.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
    }

    /// <summary>Sends a FIN and waits until the client has closed its side, too.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        socket.Shutdown(SocketShutdown.Send);
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    public void Dispose() => socket.Dispose();
}
