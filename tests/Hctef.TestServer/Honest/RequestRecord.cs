using Microsoft.AspNetCore.Http;

namespace Hctef.TestServer.Honest;

/// <summary>
/// One request as the server saw it. It is logged on arrival; the reply's part is filled in as the reply goes on, always
/// before the bytes concerned leave, so that a client that has read its reply finds the record complete.
/// </summary>
public sealed class RequestRecord
{
    private int _status;
    private long _bodyBytesSent;
    private volatile bool _completed;
    private volatile bool _aborted;

    internal RequestRecord(int number, HttpRequest request, string connectionId)
    {
        Number = number;
        Method = request.Method;
        Path = request.Path.Value ?? "/";
        Query = request.QueryString.Value ?? string.Empty;
        ConnectionId = connectionId;
        Headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>1 for the first request since the start or the last <see cref="RequestLog.Clear"/>.</summary>
    public int Number { get; }

    public string Method { get; }

    /// <summary>Decoded, with its leading slash.</summary>
    public string Path { get; }

    /// <summary>With its question mark, or empty.</summary>
    public string Query { get; }

    /// <summary>The names ignore case; several fields of one name are joined by commas.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    public string? Range => Headers.GetValueOrDefault("Range");

    public string ConnectionId { get; }

    /// <summary>0 until the reply begins.</summary>
    public int Status => Volatile.Read(ref _status);

    /// <summary>Handed to the connection; a client that drops the reply may have received less.</summary>
    public long BodyBytesSent => Interlocked.Read(ref _bodyBytesSent);

    /// <summary>The whole reply was handed to the connection.</summary>
    public bool Completed => _completed;

    /// <summary>The client dropped the reply before it was complete.</summary>
    public bool Aborted => _aborted;

    internal void Begin(int status) => Volatile.Write(ref _status, status);

    internal void AddBodyBytes(int count) => Interlocked.Add(ref _bodyBytesSent, count);

    internal void Complete() => _completed = true;

    internal void Abort()
    {
        _completed = false;
        _aborted = true;
    }
}
