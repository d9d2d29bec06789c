using System.Net.Sockets;

namespace Hctef.TestServer.Lying.Http2;

/// <summary>One accepted socket that speaks HTTP/2 without asking first. The semaphore keeps the frames of several scripts apart.</summary>
internal sealed class LyingHttp2Connection(Socket socket, int number) : IDisposable
{
    private const int PrefaceBytes = 24;

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private readonly SemaphoreSlim _sending = new(1);

    public int Number => number;

    /// <summary>Greets, and answers what every client wants to have answered; requests are handed on.</summary>
    public async Task ReadAsync(Action<int, byte[]> onRequest, CancellationToken cancellationToken)
    {
        try
        {
            await _stream.ReadExactlyAsync(new byte[PrefaceBytes], cancellationToken);
            await SendAsync(new Http2Frame(Http2FrameType.Settings, Flags: 0, Stream: 0, []));
            while (true)
            {
                Http2Frame frame = await Http2Frame.ReadAsync(_stream, cancellationToken);
                bool isAnswer = (frame.Flags & Http2Frame.EndStreamOrAck) != 0;
                if (frame.Type == Http2FrameType.Headers)
                    onRequest(frame.Stream, frame.Payload);
                else if (frame.Type == Http2FrameType.Settings && !isAnswer)
                    await SendAsync(frame with { Flags = Http2Frame.EndStreamOrAck, Payload = [] });
                else if (frame.Type == Http2FrameType.Ping && !isAnswer)
                    await SendAsync(frame with { Flags = Http2Frame.EndStreamOrAck });
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The end of the connection.
        }
    }

    public async Task SendAsync(Http2Frame frame)
    {
        await _sending.WaitAsync();
        try
        {
            await _stream.WriteAsync(frame.ToBytes());
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The client has left.
        }
        finally
        {
            _sending.Release();
        }
    }

    public void Dispose() => _stream.Dispose();
}
