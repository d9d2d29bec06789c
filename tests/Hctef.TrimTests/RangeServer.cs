using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Hctef.TrimTests;

/// <summary>Serves one file by ranges on the loopback, with nothing but the base class library.</summary>
internal sealed class RangeServer : IDisposable
{
    private const string EntityTag = "\"trimmed\"";

    private const int MostTries = 20;

    private readonly HttpListener _listener;
    private readonly byte[] _content;

    private RangeServer(HttpListener listener, byte[] content)
    {
        (_listener, _content) = (listener, content);
        Uri = new Uri(new Uri(listener.Prefixes.Single()), "archive.zip");
    }

    public Uri Uri { get; }

    public static RangeServer Start(byte[] content)
    {
        for (int tries = 1; ; tries++)
        {
            var listener = new HttpListener();
            listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}/"));
            try
            {
                listener.Start();
                var server = new RangeServer(listener, content);
                _ = server.ServeAsync();
                return server;
            }
            catch (HttpListenerException) when (tries < MostTries)
            {
                // Somebody else has taken the port meanwhile: HttpListener cannot choose one itself.
                listener.Close();
            }
        }
    }

    public void Dispose() => _listener.Close();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                Answer(await _listener.GetContextAsync());
            }
            catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException)
            {
                // The program has ended, or a client has left.
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        RangeItemHeaderValue range = RangeHeaderValue.Parse(context.Request.Headers["Range"]!).Ranges.Single();
        int start = (int)(range.From ?? Math.Max(0, _content.Length - range.To!.Value));
        int end = (int)Math.Min(_content.Length, range.From is null ? _content.Length : (range.To ?? _content.Length - 1) + 1);
        using HttpListenerResponse response = context.Response;
        response.StatusCode = (int)HttpStatusCode.PartialContent;
        response.Headers["Content-Range"] = string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{end - 1}/{_content.Length}");
        response.Headers["ETag"] = EntityTag;
        response.ContentLength64 = end - start;
        response.OutputStream.Write(_content, start, end - start);
    }
}
