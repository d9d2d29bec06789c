using System.Net;
using Hctef.Http;

namespace Hctef.DependencyInjection;

/// <summary>Puts the egress guard into the HTTP client of a registration, and refuses set-ups that would get around it.</summary>
internal static class EgressGuard
{
    private static readonly Uri[] Probes = [new("http://hctef.invalid/"), new("https://hctef.invalid/")];

    /// <summary>Makes a handler dial by the guard alone.</summary>
    /// <param name="handler">The primary handler.</param>
    /// <param name="connector">Dials.</param>
    /// <param name="systemProxy">The proxy that is used where a handler names none: <see cref="HttpClient.DefaultProxy"/>.</param>
    /// <param name="clientName">The name of the HTTP client.</param>
    /// <exception cref="InvalidOperationException">The handler has other ways to the network, or has gone one already.</exception>
    public static void Restrict(HttpMessageHandler handler, EgressConnector connector, IWebProxy systemProxy, string clientName)
    {
        if (handler is not SocketsHttpHandler sockets)
        {
            throw Refused(
                clientName, $"its primary handler is a {handler.GetType().Name}", $"use a {nameof(SocketsHttpHandler)}, or none of your own");
        }

        if (sockets.ConnectCallback is not null)
        {
            throw Refused(clientName, $"its primary handler has a {nameof(sockets.ConnectCallback)}", "remove it");
        }

        if (sockets.UseProxy && (sockets.Proxy is not null || IsProxy(systemProxy)))
        {
            throw Refused(
                clientName,
                "it uses a proxy, of its own or of the environment, which would connect in its place",
                $"switch {nameof(sockets.UseProxy)} of its {nameof(SocketsHttpHandler)} off, or have the proxy guard");
        }

        try
        {
            sockets.UseProxy = false;
            sockets.ConnectCallback = connector.ConnectAsync;
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            throw Refused(clientName, "its primary handler was used before and may have connections", "give Hctef a handler of its own", e);
        }
    }

    /// <summary>Refuses clients whose requests may go out by HTTP/3, which asks no guard.</summary>
    /// <exception cref="InvalidOperationException">The client may use HTTP/3.</exception>
    public static void CheckVersion(HttpClient client, string clientName)
    {
        if (EgressHandler.IsHttp3Possible(client.DefaultRequestVersion, client.DefaultVersionPolicy))
        {
            throw Refused(
                clientName,
                "its requests may use HTTP/3, which it cannot watch",
                $"set a {nameof(client.DefaultRequestVersion)} below 3.0 and a {nameof(client.DefaultVersionPolicy)} other than "
                + nameof(HttpVersionPolicy.RequestVersionOrHigher));
        }
    }

    private static bool IsProxy(IWebProxy proxy) =>
        Array.Exists(Probes, probe => !proxy.IsBypassed(probe) && proxy.GetProxy(probe) is { } way && way != probe);

    private static InvalidOperationException Refused(string clientName, string problem, string remedy, Exception? cause = null) => new(
        $"The egress guard ({nameof(HctefOptions)}.Egress.Enabled) cannot work for the HTTP client '{clientName}': {problem}. "
        + $"Either {remedy}, or switch the guard off.",
        cause);
}
