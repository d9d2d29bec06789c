using System.Net;
using System.Net.Sockets;

namespace Hctef.Http;

/// <summary>
/// Connects for the egress guard: resolves a host once, judges each address, and dials those that are allowed, in the order of the
/// resolver. Nothing is resolved twice, so that an answer that changes between check and use changes nothing.
/// </summary>
internal sealed class EgressConnector(EgressPolicy policy, IEgressNetwork network)
{
    /// <summary>The <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="HctefUrlException">The host has no address that is allowed, or there is no such host.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        DnsEndPoint host = context.DnsEndPoint;
        IPAddress[] addresses = await FindAllowedAsync(host, cancellationToken).ConfigureAwait(false);
        for (int i = 0; ; i++)
        {
            try
            {
                return await network.ConnectAsync(new IPEndPoint(addresses[i], host.Port), cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException) when (i < addresses.Length - 1)
            {
                // The next address may answer.
            }
        }
    }

    private async ValueTask<IPAddress[]> FindAllowedAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        IPAddress[] allowed = policy.AllowsHost(host.Host)
            ? [.. (await ResolveAsync(host.Host, cancellationToken).ConfigureAwait(false)).Where(policy.AllowsAddress)]
            : [];
        return allowed.Length > 0
            ? allowed
            : throw EgressPolicy.RefusedHost($"{host.Host}:{host.Port}");
    }

    private async ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            return [address];
        }

        try
        {
            return await network.ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            // As a host whose addresses are refused: or the names of internal hosts could be told from others.
            return [];
        }
        catch (ArgumentException)
        {
            // A name that is too long for any resolver.
            return [];
        }
    }
}
