namespace Hctef.TestServer.Lying;

/// <summary>A request head as it came over the wire.</summary>
public sealed class LyingRequest
{
    internal LyingRequest(int number, int connection, string rawHead)
    {
        Number = number;
        Connection = connection;
        RawHead = rawHead;
        string[] lines = rawHead.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] requestLine = lines[0].Split(' ');
        Method = requestLine[0];
        Target = requestLine.ElementAtOrDefault(1) ?? string.Empty;
        Headers = lines.Skip(1)
            .Select(line => line.Split(':', 2))
            .GroupBy(field => field[0].Trim(), field => field.ElementAtOrDefault(1)?.Trim() ?? string.Empty, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(fields => fields.Key, fields => string.Join(", ", fields), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>1 for the first request to the server.</summary>
    public int Number { get; }

    /// <summary>1 for the first connection to the server.</summary>
    public int Connection { get; }

    public string Method { get; }

    /// <summary>Path and query as sent.</summary>
    public string Target { get; }

    /// <summary>The names ignore case; several fields of one name are joined by commas.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    public string? Range => Headers.GetValueOrDefault("Range");

    public RequestedRange? RequestedRange => TestServer.RequestedRange.Parse(Range);

    /// <summary>The bytes of the head as Latin-1, without the empty line at its end.</summary>
    public string RawHead { get; }
}
