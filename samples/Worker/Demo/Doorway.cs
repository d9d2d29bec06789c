using System.Net;
using System.Net.Sockets;

namespace Worker.Demo;

/// <summary>
/// A port of the loopback that leads to another while it is open, and drops every connection while it is closed: a server that goes away and
/// comes back to the same port, which nobody else can take meanwhile.
/// </summary>
/// <remarks>The lock guards whether it is open and the connections that it has let through.</remarks>
internal sealed class Doorway : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HashSet<TcpClient> _clients = [];
    private readonly int _target;
    private readonly Task _accepting;
    private bool _isOpen = true;

    public Doorway(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public void Open()
    {
        lock (_lock)
            _isOpen = true;
    }

    public void Close()
    {
        lock (_lock)
        {
            _isOpen = false;
            foreach (TcpClient client in _clients)
                client.Close();
            _clients.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Close();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = RelayAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using TcpClient accepted = client;
        using var server = new TcpClient();
        if (!TryEnter(client))
            return;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client.GetStream()));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Either side has gone.
        }
        finally
        {
            lock (_lock)
                _clients.Remove(client);
        }
    }

    private bool TryEnter(TcpClient client)
    {
        lock (_lock)
            return _isOpen && _clients.Add(client);
    }
}
