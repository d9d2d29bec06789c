using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hctef.TestServer.Honest;

/// <summary>Makes a bare Kestrel that listens on the loopback.</summary>
internal static class KestrelSetup
{
    private const long LargeBufferBytes = 1024 * 1024;

    public static KestrelServer Create(HonestServerOptions settings, Func<ConnectionDelegate, ConnectionDelegate> connections)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MinResponseDataRate = null;
        if (settings.Fast)
            options.Limits.MaxResponseBufferSize = LargeBufferBytes;
        if (settings.Certificate is not null)
            options.ApplicationServices = CreateHttpsServices();
        options.Listen(IPAddress.Loopback, settings.Port, listen =>
        {
            listen.Protocols = settings.Http2 ? HttpProtocols.Http2 : HttpProtocols.Http1;
            // Outermost: a connection counts though its TLS handshake fails.
            listen.Use(connections);
            if (settings.Certificate is { } certificate)
                listen.UseHttps(certificate);
        });
        var transport = new SocketTransportFactory(Options.Create(Transport(settings)), NullLoggerFactory.Instance);
        return new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
    }

    /// <summary>What Kestrel needs for TLS is internal to it: an application that is never started lends it.</summary>
    private static IServiceProvider CreateHttpsServices()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        return builder.Build().Services;
    }

    private static SocketTransportOptions Transport(HonestServerOptions settings)
    {
        var transport = new SocketTransportOptions
        {
            CreateBoundListenSocket = static endPoint =>
            {
                var listener = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
                CongestionControl.UseCubic(listener);
                return listener;
            },
        };
        if (settings.Fast)
        {
            transport.MaxWriteBufferSize = LargeBufferBytes;
            transport.UnsafePreferInlineScheduling = true;
        }

        return transport;
    }
}
