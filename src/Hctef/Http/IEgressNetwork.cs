using System.Net;

namespace Hctef.Http;

/// <summary>The way from the egress guard to the network.</summary>
internal interface IEgressNetwork
{
    /// <summary>Gets the addresses of a name.</summary>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);

    /// <summary>Connects to exactly this address.</summary>
    ValueTask<Stream> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken);
}
