using System.Net;
using System.Net.Sockets;
using Hctef.TestServer.Gates;

namespace Hctef.TestServer.Lying.Http2;

/// <summary>
/// A loopback server that speaks HTTP/2 over plain TCP, to clients that know it, and answers each request by a script: frames in any
/// order, true or not. The lock guards requests and tasks.
/// </summary>
public sealed class LyingHttp2Server : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<LyingHttp2Exchange> _requests = [];
    private readonly List<Task> _tasks = [];
    private readonly CountSignal _accepted = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<LyingHttp2Exchange, Task> _script;
    private readonly Task _accepting;

    private LyingHttp2Server(Func<LyingHttp2Exchange, Task> script)
    {
        _script = script;
        _listener.Start();
        BaseUri = new Uri($"http://{_listener.LocalEndpoint}/");
        _accepting = Task.Run(AcceptAsync);
    }

    public Uri BaseUri { get; }

    /// <summary>Connections accepted.</summary>
    public int Connections => _accepted.Count;

    /// <summary>The requests in the order of their arrival (a snapshot).</summary>
    public IReadOnlyList<LyingHttp2Exchange> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    public static LyingHttp2Server Start(Func<LyingHttp2Exchange, Task> script) => new(script);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        Task[] tasks;
        lock (_lock)
            tasks = [.. _tasks];
        await Task.WhenAll(tasks);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_stopping.Token);
                socket.NoDelay = true;
                Add(ServeAsync(new LyingHttp2Connection(socket, _accepted.Increment())));
            }
        }
        catch (OperationCanceledException)
        {
            // The server is being disposed.
        }
    }

    private async Task ServeAsync(LyingHttp2Connection connection)
    {
        using (connection)
            await connection.ReadAsync((stream, block) => Add(_script(Record(connection, stream, block))), _stopping.Token);
    }

    private LyingHttp2Exchange Record(LyingHttp2Connection connection, int stream, byte[] block)
    {
        lock (_lock)
        {
            var request = new LyingHttp2Exchange(connection, _requests.Count + 1, stream, block);
            _requests.Add(request);
            return request;
        }
    }

    private void Add(Task task)
    {
        lock (_lock)
            _tasks.Add(task);
    }
}
