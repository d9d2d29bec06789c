using System.Net;
using Hctef.Http;

namespace Hctef.DependencyInjection;

/// <summary>Settings of the handler that reaches the network, Hctef's or a user's.</summary>
internal static class PrimaryHandler
{
    private const int FrameworkDrainBytes = 1024 * 1024;

    /// <summary>How much of an unwanted body is read to save its connection.</summary>
    private const int DrainBytes = 64 * 1024;

    /// <summary>Fills in what nobody has set on the framework's handler; one in use by others is left alone.</summary>
    public static void ApplyDefaults(HttpMessageHandler handler, HctefTransportOptions transport)
    {
        if (handler is not SocketsHttpHandler sockets)
            return;

        try
        {
            if (sockets.PooledConnectionLifetime == Timeout.InfiniteTimeSpan)
                sockets.PooledConnectionLifetime = HctefDefaults.PooledConnectionLifetime;
            if (sockets.ConnectTimeout == Timeout.InfiniteTimeSpan)
                sockets.ConnectTimeout = transport.ConnectTimeout;
            if (sockets.MaxResponseDrainSize == FrameworkDrainBytes)
                sockets.MaxResponseDrainSize = DrainBytes;
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            // It has started: it belongs to somebody who has decided these.
        }
    }

    /// <summary>
    /// Switches redirects, cookies and decompression off, and keeps credentials to the file's origin, also where the handler is wrapped in
    /// others.
    /// </summary>
    /// <exception cref="InvalidOperationException">The handler was used before with one of them on.</exception>
    public static void Restrict(HttpMessageHandler handler, string clientName)
    {
        HttpMessageHandler? innermost = handler;
        while (innermost is DelegatingHandler wrapper)
            innermost = wrapper.InnerHandler;

        try
        {
            if (innermost is SocketsHttpHandler sockets)
                Restrict(sockets);
            else if (innermost is HttpClientHandler client)
                Restrict(client);
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            throw new InvalidOperationException(
                $"The primary handler of the HTTP client '{clientName}' was used before with automatic redirects, cookies, "
                + "decompression, or credentials other than a CredentialCache. Hctef needs them off: switch them off where the handler is "
                + "made, or give Hctef a handler of its own.",
                e);
        }
    }

    private static void Restrict(SocketsHttpHandler handler)
    {
        if (handler.AllowAutoRedirect)
            handler.AllowAutoRedirect = false;
        if (handler.UseCookies)
            handler.UseCookies = false;
        if (handler.AutomaticDecompression != DecompressionMethods.None)
            handler.AutomaticDecompression = DecompressionMethods.None;
        if (OriginCredentials.Of(handler.Credentials) is { } credentials)
            handler.Credentials = credentials;
    }

    private static void Restrict(HttpClientHandler handler)
    {
        if (handler.AllowAutoRedirect)
            handler.AllowAutoRedirect = false;
        if (handler.UseCookies)
            handler.UseCookies = false;
        if (handler.AutomaticDecompression != DecompressionMethods.None)
            handler.AutomaticDecompression = DecompressionMethods.None;
        if (OriginCredentials.Of(handler.Credentials) is { } credentials)
            handler.Credentials = credentials;
    }
}
