using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Hctef.TestServer.Gates;

namespace Hctef.TestServer.Lying;

/// <summary>
/// A loopback server on raw sockets that answers each request head with a scripted reply, true or not. Request bodies
/// are not expected. The lock guards requests and tasks.
/// </summary>
public sealed class LyingServer : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<LyingRequest> _requests = [];
    private readonly List<Task> _connectionTasks = [];
    private readonly CountSignal _accepted = new();
    private readonly CountSignal _arrivals = new();
    private readonly CountSignal _dropped = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<LyingRequest, LyingReply> _script;
    private readonly Task _accepting;
    private int _disposed;

    private LyingServer(Func<LyingRequest, LyingReply> script)
    {
        _script = script;
        _listener.Start();
        BaseUri = new Uri($"http://{_listener.LocalEndpoint}/");
        _accepting = Task.Run(AcceptAsync);
    }

    public Uri BaseUri { get; }

    /// <summary>The request heads in the order of their arrival (a snapshot).</summary>
    public IReadOnlyList<LyingRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>Connections accepted.</summary>
    public int Connections => _accepted.Count;

    /// <summary>Replies during which the client closed the connection.</summary>
    public int Dropped => _dropped.Count;

    public static LyingServer Start(Func<LyingRequest, LyingReply> script) => new(script);

    /// <summary>One reply for each request, in this order; a request too many is refused by closing its connection.</summary>
    public static LyingServer Start(params IEnumerable<LyingReply> replies)
    {
        var queue = new ConcurrentQueue<LyingReply>(replies);
        return new LyingServer(_ => queue.TryDequeue(out LyingReply? reply) ? reply : LyingReply.Nothing.Fin());
    }

    /// <summary>
    /// Completes when that many connections have been accepted, which may be after their client has sent its first bytes
    /// or has left.
    /// </summary>
    public Task WhenConnections(int connections) => _accepted.WhenAtLeast(connections);

    /// <summary>Completes when that many request heads have arrived.</summary>
    public Task WhenRequests(int requests) => _arrivals.WhenAtLeast(requests);

    /// <summary>Completes when clients have closed their connection during that many replies.</summary>
    public Task WhenDropped(int replies) => _dropped.WhenAtLeast(replies);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        await Task.WhenAll(_connectionTasks);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _listener.AcceptSocketAsync(_stopping.Token);
                socket.NoDelay = true;
                Task task = ServeAsync(new LyingConnection(socket, _accepted.Increment()));
                lock (_lock)
                    _connectionTasks.Add(task);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                // The server is being disposed, or a client gave up before it was accepted.
            }
        }
    }

    private async Task ServeAsync(LyingConnection connection)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, connection.ClientGone);
        Task pumping = connection.PumpAsync(_stopping.Token);
        using (connection)
        {
            while (await connection.ReadHeadAsync(CancellationToken.None) is { } head)
            {
                if (!await RunAsync(_script(Record(connection, head)), connection, ending.Token))
                    break;
            }
        }

        await pumping;
    }

    private LyingRequest Record(LyingConnection connection, string head)
    {
        LyingRequest request;
        lock (_lock)
        {
            request = new LyingRequest(_requests.Count + 1, connection.Number, head);
            _requests.Add(request);
        }

        _arrivals.Increment();
        return request;
    }

    private async Task<bool> RunAsync(LyingReply reply, LyingConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            foreach (ReplyStep step in reply.Steps)
            {
                if (!await step(connection, cancellationToken))
                    return false;
            }

            return true;
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            if (!_stopping.IsCancellationRequested)
                _dropped.Increment();
            return false;
        }
    }
}
