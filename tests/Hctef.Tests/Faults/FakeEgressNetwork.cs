using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Hctef.Http;

namespace Hctef.Tests.Faults;

/// <summary>
/// A resolver with scripted answers, and a network on which public addresses are a server of this machine. It records what is resolved and
/// dialled.
/// </summary>
internal sealed class FakeEgressNetwork(Uri server) : IEgressNetwork
{
    private readonly ConcurrentQueue<string> _resolved = new();
    private readonly ConcurrentQueue<string> _dialled = new();

    /// <summary>The addresses of names, by how often the name was asked for before; empty for a name that is not known.</summary>
    public Func<string, int, string[]> Resolver { get; set; } = static (_, _) => ["93.184.216.34"];

    /// <summary>Whether the resolver never answers.</summary>
    public bool Hanging { get; set; }

    /// <summary>Addresses that refuse connections.</summary>
    public HashSet<string> Refusing { get; } = [];

    public string[] Resolved => [.. _resolved];

    public string[] Dialled => [.. _dialled];

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        int before = _resolved.Count(name => name == host);
        _resolved.Enqueue(host);
        if (Hanging)
            return new TaskCompletionSource<IPAddress[]>().Task.WaitAsync(cancellationToken);
        IPAddress[] addresses = [.. Resolver(host, before).Select(IPAddress.Parse)];
        return addresses.Length > 0
            ? Task.FromResult(addresses)
            : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
    }

    public ValueTask<Stream> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        _dialled.Enqueue(endPoint.ToString());
        return Refusing.Contains(endPoint.Address.ToString())
            ? throw new SocketException((int)SocketError.ConnectionRefused)
            : new EgressNetwork().ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), cancellationToken);
    }
}
